"""Scoring buyers: all of them in one statement, at any date, and how they moved between two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count, F, Sum

from clm_plugin.segments import rfm_sql
from clm_plugin.segments.models import RfmField, RfmScore
from clm_plugin.segments.rfm_rules import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from clm_plugin.segments.rfm_sql import Sql

_PAGE = 10_000
NOT_YET = ""
"""In a matrix: had not bought by the first date."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one buyer scores."""

    profile_id: int
    r: int
    f: int
    m: int
    name: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the heat map: buyers with these scores, and what they spent (minor units)."""

    r: int
    f: int
    buyers: int
    spend_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """How many buyers went from which named segment to which, between two dates.

    ``counts`` is (name then, name now) -> buyers; the name then is ``NOT_YET`` for those whose
    first order came between.
    """

    from_date: datetime
    to_date: datetime
    quantiles: bool
    """False: scored by the fixed cut-offs of a small store."""
    counts: Mapping[tuple[str, str], int]

    def before(self) -> dict[str, int]:
        """Buyers of each name at the first date."""
        return self._sums(0)

    def after(self) -> dict[str, int]:
        """Buyers of each name at the second date."""
        return self._sums(1)

    def share(self, name: str, to: str) -> float:
        """The part of ``name`` that became ``to``; 0 where nobody had the name."""
        had = self.before().get(name, 0)
        return self.counts.get((name, to), 0) / had if had else 0.0

    def _sums(self, side: int) -> dict[str, int]:
        sums: Counter[str] = Counter()
        for names, number in self.counts.items():
            sums[names[side]] += number
        return dict(sums)


def score_buyers(*, now: datetime) -> int:
    """Score everybody who bought; returns how many rows changed. Safe to run twice.

    One statement for all, and one that takes scores from those who are buyers no more (their
    orders were cancelled, or they were merged).
    """
    buyers = rfm_sql.buyers_now()
    scores = rfm_sql.scored(buyers, now=now, quantiles=rfm_sql.enough(buyers))
    table = RfmScore._meta.db_table
    stamp = connection.ops.adapt_datetimefield_value(now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE profile_id NOT IN (SELECT pid FROM ({buyers.text}) b)",
            buyers.params,
        )
        gone = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {table} (profile_id, r, f, m, name, scored_at)"
            f" SELECT pid, r, f, m, name, %s FROM ({scores.text}) x WHERE true"
            " ON CONFLICT (profile_id) DO UPDATE SET r = excluded.r, f = excluded.f,"
            " m = excluded.m, name = excluded.name, scored_at = excluded.scored_at"
            f" WHERE {table}.r <> excluded.r OR {table}.f <> excluded.f"
            f" OR {table}.m <> excluded.m OR {table}.name <> excluded.name",
            (stamp, *scores.params),
        )
        changed = int(gone + cursor.rowcount)
        _keep_heat_map()
    return changed


def _keep_heat_map() -> None:
    spend = F("profile__facts__spend_minor") - F("profile__facts__refunded_minor")
    rows = RfmScore.objects.values_list("r", "f", "m")
    fields = [
        RfmField(r=r, f=f, m=m, buyers=buyers, spend_minor=spent or 0)
        for r, f, m, buyers, spent in rows.annotate(buyers=Count("pk"), spend=Sum(spend))
    ]
    RfmField.objects.all().delete()
    RfmField.objects.bulk_create(fields)


def rfm_as_of(moment: datetime) -> Iterator[Score]:
    """What every buyer scored at ``moment``, from the orders until then. Streams.

    Orders cancelled since are left out and refunds taken off, whenever they came.
    """
    buyers = rfm_sql.buyers_at(moment)
    scores = rfm_sql.scored(buyers, now=moment, quantiles=rfm_sql.enough(buyers))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pid, r, f, m, name FROM ({scores.text}) x", scores.params)
        while rows := cursor.fetchmany(_PAGE):
            yield from (Score(*row) for row in rows)


def transitions(from_date: datetime, to_date: datetime) -> Matrix:
    """Who became what between two dates.

    Both dates are scored in the way that the buyers of the second ask for: a change from cut-offs
    to quantiles must not look like a change of the customers. Raises ``ValueError`` when the dates
    are the wrong way round.
    """
    if from_date > to_date:
        raise ValueError("The first date comes after the second.")
    then, now = rfm_sql.buyers_at(from_date), rfm_sql.buyers_at(to_date)
    quantiles = rfm_sql.enough(now)
    a = rfm_sql.scored(then, now=from_date, quantiles=quantiles)
    b = rfm_sql.scored(now, now=to_date, quantiles=quantiles)
    rows = _rows(a, b)
    return Matrix(
        from_date=from_date,
        to_date=to_date,
        quantiles=quantiles,
        counts={(old, new): number for old, new, number in rows},
    )


def _rows(a: Sql, b: Sql) -> list[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(a.name, %s) AS old, b.name AS new, COUNT(*)"
            f" FROM ({b.text}) b LEFT JOIN ({a.text}) a ON a.pid = b.pid"
            " GROUP BY COALESCE(a.name, %s), b.name",
            (NOT_YET, *b.params, *a.params, NOT_YET),
        )
        return list(cursor.fetchall())


def heat_map() -> list[Cell]:
    """Buyers and their spend by R and F, all 25 fields, as of the last scoring; one query."""
    rows = RfmField.objects.values_list("r", "f").annotate(Sum("buyers"), Sum("spend_minor"))
    found = {(r, f): (buyers, spend) for r, f, buyers, spend in rows}
    return [Cell(r, f, *found.get((r, f), (0, 0))) for r in range(5, 0, -1) for f in range(1, 6)]


def name_counts() -> dict[str, int]:
    """How many buyers have each name, as of the last scoring; one query."""
    found: Counter[str] = Counter()
    for r, f, m, buyers in RfmField.objects.values_list("r", "f", "m", "buyers"):
        found[name_of(r, f, m)] += buyers
    return dict(found)
