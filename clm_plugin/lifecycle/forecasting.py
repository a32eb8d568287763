"""Who would move if a model were put into use: one statement over everybody, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max

from clm_plugin.lifecycle.gaps import load_yardsticks
from clm_plugin.lifecycle.models import Standing
from clm_plugin.lifecycle.sql import placing
from clm_plugin.profiles.api import profiles

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.lifecycle.data import Model

MOST = 1_000_000
"""Profile ids up to which everybody is looked at; of more, every second, third, … is."""
EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How many people would go from a stage to another (or stay), and some of them.

    ``from_stage`` is empty for people who stand nowhere yet. ``examples`` are profile ids.
    """

    from_stage: str
    to_stage: str
    people: int
    examples: tuple[int, ...]

    @property
    def moves(self) -> bool:
        return self.from_stage != self.to_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a model would do. ``one_in`` above 1: the numbers are reckoned up from a sample."""

    shifts: tuple[Shift, ...]
    one_in: int

    @property
    def moving(self) -> int:
        return sum(shift.people for shift in self.shifts if shift.moves)

    @property
    def people(self) -> int:
        return sum(shift.people for shift in self.shifts)


def forecast(model: Model, *, now: datetime) -> Forecast:
    """Who would move if this model were in use at ``now``."""
    last: int = profiles().aggregate(last=Max("id"))["last"] or 0
    one_in = max(1, -(-last // MOST))
    placed = placing(model, load_yardsticks(), now=now, above=0, to=last, one_in=one_in)
    standing = Standing._meta.db_table
    by_move = "PARTITION BY s.stage, placed.stage"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{placed.text} SELECT old, new, people, pid FROM ("
            "SELECT COALESCE(s.stage, '') AS old, placed.stage AS new, placed.pid AS pid,"
            f" COUNT(*) OVER ({by_move}) AS people,"
            f" ROW_NUMBER() OVER ({by_move} ORDER BY placed.pid DESC) AS place"
            f" FROM placed LEFT JOIN {standing} s ON s.profile_id = placed.pid"
            f") counted WHERE place <= {EXAMPLES} ORDER BY old, new, place",
            placed.params,
        )
        rows = cursor.fetchall()
    found: dict[tuple[str, str], tuple[int, list[int]]] = {}
    for old, new, people, pid in rows:
        found.setdefault((old, new), (people, []))[1].append(pid)
    return Forecast(
        one_in=one_in,
        shifts=tuple(
            Shift(from_stage=old, to_stage=new, people=people * one_in, examples=tuple(examples))
            for (old, new), (people, examples) in found.items()
        ),
    )
