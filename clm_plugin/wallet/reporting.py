"""The books as numbers: sets of rows in one query each, for reports over all customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import TruncDate

from clm_plugin.wallet.forecasting import Lives, Out
from clm_plugin.wallet.models import Account, Lot, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

_Purpose = Account.Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySum:
    """A day of a programme in minor units: what was issued is positive, less what was reversed,
    and so on; ``liability`` is the change of what is owed to customers."""

    day: date
    programme: str
    currency: str
    issued: int
    redeemed: int
    expired: int
    clawed_back: int
    debt: int
    liability: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a programme owes its customers now, from their accounts, in minor units."""

    programme: str
    currency: str
    owed: int
    held: int
    people: int
    """Accounts with credit in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A grant that was made under a key: to whom (None: erased since), and how much."""

    profile_id: int | None
    programme: str
    currency: str
    minor: int


def day_sums(*, zone: tzinfo, above: int = 0, through: int | None = None) -> list[DaySum]:
    """What happened by day and programme in the transactions of a range of numbers; one query."""
    rows = Posting.objects.filter(transaction_id__gt=above)
    if through is not None:
        rows = rows.filter(transaction_id__lte=through)
    sums = {
        f"{purpose}_sum": Sum("amount_minor", filter=Q(account__purpose=purpose), default=0)
        for purpose in _Purpose
    }
    found: Iterable[Any] = (
        rows.values(
            day=TruncDate("transaction__at", tzinfo=zone), programme=F("account__programme"),
            currency=F("account__currency"),
        )
        .annotate(**sums)
        .order_by("day", "programme")
    )  # fmt: skip
    return [
        DaySum(
            day=row["day"], programme=row["programme"], currency=row["currency"],
            issued=-row["issued_sum"], redeemed=row["redeemed_sum"], expired=row["expired_sum"],
            clawed_back=row["clawed_back_sum"], debt=-row["debt_sum"],
            liability=row["customer_sum"],
        )
        for row in found
    ]  # fmt: skip


def last_settled(*, before: datetime) -> int:
    """The newest transaction that was begun before a moment, so that by now none with a lower
    number can still appear; 0 when there is none."""
    return Transaction.objects.filter(at__lte=before).aggregate(last=Max("pk"))["last"] or 0


def owed_now() -> list[Owed]:
    """What is owed now by programme, in one query over customers' accounts."""
    rows = (
        Account.objects.filter(purpose=_Purpose.CUSTOMER, balance_minor__gt=0)
        .values("programme", "currency")
        .annotate(owed=Sum("balance_minor"), held=Sum("held_minor"), people=Count("pk"))
        .order_by("programme")
    )
    return [Owed(**row) for row in rows]


def grants_of(keys: Iterable[str]) -> dict[str, Granted]:
    """The grants that were made under these keys; one query."""
    rows = Posting.objects.filter(
        transaction__key__in=list(keys), transaction__kind="grant", lot__isnull=False
    ).values_list(
        "transaction__key", "account__profile", "account__programme", "account__currency",
        "amount_minor",
    )  # fmt: skip
    return {
        key: Granted(profile_id=profile, programme=programme, currency=currency, minor=minor)
        for key, profile, programme, currency, minor in rows
    }


def what_is_out(*, now: datetime) -> list[Out]:
    """All credit that is out, by age and by when it expires in weeks; one query."""
    lot, account = Lot._meta.db_table, Account._meta.db_table
    sql = (
        f"SELECT a.programme, a.currency, {_weeks('%s', 'l.opens_at')} AS age,"
        f" {_weeks('l.expires_at', '%s')} AS ends, SUM(l.remaining_minor)"
        f" FROM {lot} l JOIN {account} a ON a.id = l.account_id WHERE l.remaining_minor > 0"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_moment(now)] * 2)
        rows = cursor.fetchall()
    return [
        Out(programme=key, currency=its, age=int(age), minor=int(minor),
            ends=None if ends is None else int(ends))
        for key, its, age, ends, minor in rows
    ]  # fmt: skip


def lives(*, now: datetime) -> list[Lives]:
    """How the lots of each programme lived, for ``forecasting``; three queries over all lots."""
    lot, account = Lot._meta.db_table, Account._meta.db_table
    posting, transaction = Posting._meta.db_table, Transaction._meta.db_table
    # A grant, and the restore that made a grace lot, are where a lot's life begins.
    gone = (
        f"SELECT a.programme, {_weeks('t.at', 'l.opens_at')} AS age,"
        " SUM(CASE WHEN t.kind IN ('capture', 'restore') THEN -p.amount_minor ELSE 0 END),"
        " SUM(CASE WHEN t.kind IN ('capture', 'restore') THEN 0 ELSE -p.amount_minor END)"
        f" FROM {posting} p JOIN {transaction} t ON t.id = p.transaction_id"
        f" JOIN {lot} l ON l.id = p.lot_id JOIN {account} a ON a.id = l.account_id"
        " WHERE t.kind <> 'grant' AND NOT (t.kind = 'restore' AND l.replaces_id IS NOT NULL)"
        " GROUP BY 1, 2"
    )
    left = (
        f"SELECT a.programme, {_weeks('%s', 'l.opens_at')} AS age, SUM(l.remaining_minor)"
        f" FROM {lot} l JOIN {account} a ON a.id = l.account_id"
        " WHERE l.remaining_minor > 0 GROUP BY 1, 2"
    )
    ended = (
        f"SELECT a.programme, COUNT(*) FROM {lot} l JOIN {account} a ON a.id = l.account_id"
        " WHERE l.remaining_minor = 0 OR l.expires_at <= %s GROUP BY 1"
    )
    found: dict[str, dict[str, dict[int, int]]] = {}

    def put(programme: str, what: str, age: int, minor: int) -> None:
        its = found.setdefault(programme, {"redeemed": {}, "other": {}, "left": {}})
        if age >= 0 and minor:
            its[what][age] = its[what].get(age, 0) + minor

    with connection.cursor() as cursor:
        cursor.execute(gone)
        for programme, age, redeemed, other in cursor.fetchall():
            put(programme, "redeemed", int(age), int(redeemed))
            put(programme, "other", int(age), int(other))
        cursor.execute(left, [_moment(now)])
        for programme, age, minor in cursor.fetchall():
            put(programme, "left", int(age), int(minor))
        cursor.execute(ended, [_moment(now)])
        ends = {programme: int(count) for programme, count in cursor.fetchall()}
    return [
        Lives(programme=key, ended=ends.get(key, 0), **its) for key, its in sorted(found.items())
    ]


def _weeks(later: str, earlier: str) -> str:
    """Whole weeks from one moment to another, rounded down, as SQL; null where one is null."""
    if connection.vendor == "postgresql":
        cast = [f"{each}::timestamptz" for each in (later, earlier)]
        return f"FLOOR(EXTRACT(EPOCH FROM ({cast[0]} - {cast[1]})) / 604800)"
    seconds = f"(julianday({later}) - julianday({earlier}))"
    # Rounded to the microsecond first: a julian day is a float.
    return f"FLOOR(ROUND({seconds} * 86400, 3) / 604800)"


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
