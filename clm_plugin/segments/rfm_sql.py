"""RFM in SQL: buyers with their scores and names, in one statement, on PostgreSQL and SQLite.

The rules are those of ``rfm_rules``; a test holds the two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from clm_plugin.conf import settings
from clm_plugin.profiles.api import facts, order_facts
from clm_plugin.segments import rfm_rules as rules


@dataclass(frozen=True, slots=True)
class Sql:
    """A statement or a part of one, with its parameters in order."""

    text: str
    params: tuple[Any, ...] = ()


def buyers_now() -> Sql:
    """(pid, last_at, orders, spend) of everybody who bought; spend is net of refunds."""
    return Sql(
        "SELECT profile_id AS pid, last_order_at AS last_at, orders,"
        f" spend_minor - refunded_minor AS spend FROM {facts().model._meta.db_table}"
        " WHERE orders > 0 AND last_order_at IS NOT NULL"
    )


def buyers_at(moment: datetime) -> Sql:
    """The same from the orders until ``moment``; orders that are cancelled today never count."""
    return Sql(
        "SELECT profile_id AS pid, MAX(placed_at) AS last_at, COUNT(*) AS orders,"
        " CAST(SUM(CASE WHEN currency = %s THEN total_minor - refunded_minor ELSE 0 END) AS BIGINT)"
        f" AS spend FROM {order_facts().model._meta.db_table} WHERE profile_id IS NOT NULL"
        " AND cancelled_at IS NULL AND placed_at <= %s GROUP BY profile_id",
        (settings.CURRENCY, _stamp(moment)),
    )


def scored(buyers: Sql, *, now: datetime, quantiles: bool) -> Sql:
    """(pid, r, f, m, name, spend) of each buyer. Fixed cut-offs where not ``quantiles``."""
    scores = _by_quantiles(buyers) if quantiles else _by_cutoffs(buyers, now)
    return Sql(f"SELECT pid, r, f, m, {_NAME} AS name, spend FROM ({scores.text}) s", scores.params)


def enough(buyers: Sql) -> bool:
    """Whether there are buyers enough for quantiles; one query."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({buyers.text}) b", buyers.params)
        return bool(cursor.fetchone()[0] >= rules.ENOUGH_BUYERS)


def _by_quantiles(buyers: Sql) -> Sql:
    # RANK gives equal buyers the same place: one more than the number of those strictly worse.
    places = ", ".join(
        f"1 + 5 * (RANK() OVER (ORDER BY {column}) - 1) / (COUNT(*) OVER ()) AS {score}"
        for score, column in (("r", "last_at"), ("f", "orders"), ("m", "spend"))
    )
    return Sql(f"SELECT pid, spend, {places} FROM ({buyers.text}) b", buyers.params)


def _by_cutoffs(buyers: Sql, now: datetime) -> Sql:
    recency = [_stamp(now - timedelta(days=days)) for days in rules.RECENCY_DAYS]
    parts = (
        ("r", "last_at >= %s", recency),
        ("f", "orders >= %s", list(rules.FREQUENCY_ORDERS)),
        ("m", "spend >= %s * mean", list(rules.MONEY_ORDERS)),
    )
    scores = ", ".join(
        "1 + "
        + " + ".join(f"(CASE WHEN {test} THEN 1 ELSE 0 END)" for _ in limits)
        + f" AS {score}"
        for score, test, limits in parts
    )
    mean = "SUM(spend) OVER () * 1.0 / SUM(orders) OVER ()"
    return Sql(
        f"SELECT pid, spend, {scores} FROM (SELECT b.*, {mean} AS mean FROM ({buyers.text}) b) c",
        (*(limit for _, _, limits in parts for limit in limits), *buyers.params),
    )


def _stamp(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _name_case() -> str:
    whens = " ".join(
        f"WHEN {r * 10 + value} THEN '{name}'"
        for r in range(1, 6)
        for value, name in enumerate(rules.row_of(r), start=1)
    )
    return f"CASE r * 10 + (2 * f + m) / 3 {whens} END"


_NAME = _name_case()
