"""A crowd of any size, written by the database itself: a million people in about a minute.

    python -m tests.insights.crowd 1000000

fills the database of the settings in force (a scratch one!), with facts, standings, three moves a
person, and orders; then the board and the list can be measured against it.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from django.db import connection, models, transaction

from clm_plugin.models import Facts, OrderFact, Profile, StageChange, Standing

STAGES = ("reach", "acquire", "convert", "nurture", "retain", "loyal", "at-risk", "lapsed")
_STAGE = (
    "CASE WHEN n % 100 < 55 THEN 'reach' WHEN n % 100 < 70 THEN 'acquire'"
    " WHEN n % 100 < 72 THEN 'convert' WHEN n % 100 < 78 THEN 'nurture'"
    " WHEN n % 100 < 83 THEN 'retain' WHEN n % 100 < 86 THEN 'loyal'"
    " WHEN n % 100 < 90 THEN 'at-risk' ELSE 'lapsed' END"
)
_ORDERS = "CASE WHEN n % 100 < 72 THEN 0 WHEN n % 100 < 78 THEN 1 ELSE 2 + n % 5 END"


def fill(count: int, *, now: datetime, start: int = 1) -> None:
    """Write ``count`` people with their history of a year; deterministic."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model, values in _rows(now).items():
            for at in range(start, start + count, 100_000):
                until = min(at + 100_000, start + count) - 1
                cursor.execute(_statement(model, values, at, until))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _statement(model: type[models.Model], values: dict[str, str], at: int, until: int) -> str:
    columns = {
        str(field.column): values.get(str(field.column), _plain(field))
        for field in model._meta.concrete_fields
        if not field.generated and not (field.primary_key and field.column not in values)
    }
    where = values.get("where", "1 = 1")
    source = (
        f"generate_series({at}::bigint, {until}::bigint) AS t(n)"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE c(n) AS (SELECT {at} UNION ALL SELECT n + 1 FROM c"
        f" WHERE n < {until}) SELECT n FROM c)"
    )
    again = values.get("times")
    if again:
        source += f" CROSS JOIN {_numbers(int(again))}"
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM {source} WHERE {where}"
    )


def _numbers(count: int) -> str:
    rows = " UNION ALL ".join(f"SELECT {k} AS k" for k in range(count))
    return f"({rows}) AS r"


def _plain(field: models.Field) -> str:
    if field.null:
        return "NULL"
    if isinstance(field, models.BooleanField):
        return "FALSE"
    if isinstance(field, models.CharField | models.TextField | models.EmailField):
        return "''"
    return "0"


def _ago(days: str, now: datetime) -> str:
    """SQL of a moment so many days (an integer expression) and some seconds before now."""
    if connection.vendor == "postgresql":
        return (
            f"TIMESTAMPTZ '{now.isoformat()}' - ({days}) * INTERVAL '1 day'"
            " - (n % 86400) * INTERVAL '1 second'"
        )
    stamp = now.strftime("%Y-%m-%d %H:%M:%S")
    return f"datetime('{stamp}', '-' || ({days}) || ' days', '-' || (n % 86400) || ' seconds')"


def _rows(now: datetime) -> dict[type[models.Model], dict[str, str]]:
    spread = "(n * 7919) % 365"
    known = "n % 100 >= 55"
    return {
        Profile: {
            "id": "n", "created_at": _ago(spread, now),
            "customer_id": f"CASE WHEN {known} THEN 'c' || n ELSE '' END",
            "email": f"CASE WHEN {known} THEN 'person' || n || '@example.com' ELSE '' END",
            "first_name": f"CASE WHEN {known} THEN 'Name' || n ELSE '' END",
        },
        Facts: {
            "profile_id": "n", "first_seen_at": _ago(spread, now),
            "last_seen_at": _ago("(n * 104729) % 365", now), "orders": _ORDERS,
            "spend_minor": f"({_ORDERS}) * (1000 + n % 9000)",
            "margin_minor": f"({_ORDERS}) * (300 + n % 3000)",
            "first_order_at": f"CASE WHEN ({_ORDERS}) > 0 THEN {_ago(spread, now)} END",
            "last_order_at": f"CASE WHEN ({_ORDERS}) > 0 THEN {_ago('(n * 31) % 90', now)} END",
        },
        Standing: {
            "profile_id": "n", "stage": _STAGE, "since": _ago("(n * 31) % 90", now),
            "advocate": "n % 1000 = 1" if connection.vendor == "postgresql" else "(n % 1000) = 1",
        },
        StageChange: {
            "profile_id": "n", "times": "3", "cause": "'page.viewed'",
            "from_stage": "CASE k WHEN 0 THEN '' WHEN 1 THEN 'reach'"
            " ELSE CASE WHEN n % 2 = 0 THEN 'nurture' ELSE 'at-risk' END END",
            "to_stage": "CASE k WHEN 0 THEN 'reach' WHEN 1 THEN 'acquire'"
            f" ELSE {_STAGE} END",
            "changed_at": _ago("(n * 7919 + k * 37) % 365", now),
        },
        OrderFact: {
            "order_id": "'o' || n || '-' || k", "profile_id": "n", "times": "2",
            "placed_at": _ago("(n * 7919 + k * 41) % 365", now), "currency": "'GBP'",
            "total_minor": "1000 + n % 9000", "margin_minor": "300 + n % 3000", "items": "2",
            "where": f"({_ORDERS}) > k",
        },
    }  # fmt: skip


if __name__ == "__main__":
    import django

    django.setup()
    from django.utils import timezone

    fill(int(sys.argv[1]), now=timezone.now() - timedelta(seconds=0))
