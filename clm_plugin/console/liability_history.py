"""What became of credit by week or by month, in rows that a picture and a table share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from clm_plugin.wallet.api import DaySum

if TYPE_CHECKING:
    from collections.abc import Iterable

By = Literal["week", "month"]
_WEEKS, _MONTHS = 13, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some days, the last included, and what happened in them in minor units. ``owed``: what was
    owed at their end."""

    first: date
    last: date
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed_back: int = 0
    debt: int = 0
    owed: int = 0

    @property
    def gone(self) -> int:
        return self.redeemed + self.expired + self.clawed_back


def spans(today: date, by: By) -> list[tuple[date, date]]:
    """The last weeks (the last one ends today) or calendar months, oldest first."""
    if by == "week":
        ends = [today - timedelta(days=7 * back) for back in range(_WEEKS)]
        return [(end - timedelta(days=6), end) for end in reversed(ends)]
    found, last = [], today
    for _ in range(_MONTHS):
        first = last.replace(day=1)
        found.append((first, last))
        last = first - timedelta(days=1)
    return found[::-1]


def history(days: Iterable[DaySum], today: date, by: By, owed_now: int) -> list[Span]:
    """The days of one currency in spans; what was owed is counted back from what is owed now.

    ``days`` begin where the first span does, and end today.
    """
    edges = spans(today, by)
    sums = [dict.fromkeys(("issued", "redeemed", "expired", "clawed_back", "debt"), 0)
            for _ in edges]  # fmt: skip
    changes = [0] * len(edges)
    for day in days:
        at = next((n for n, (first, last) in enumerate(edges) if first <= day.day <= last), None)
        if at is None:
            continue
        for name in sums[at]:
            sums[at][name] += getattr(day, name)
        changes[at] += day.liability
    told, owed = [], owed_now
    for (first, last), its, change in zip(
        reversed(edges), reversed(sums), reversed(changes), strict=True
    ):
        told.append(Span(first=first, last=last, owed=owed, **its))
        owed -= change
    return told[::-1]
