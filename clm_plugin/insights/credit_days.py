"""Store credit by day: rolled up every night, and what came since is read from the ledger itself.

The night counts all days anew, so a wrong number does not outlive a day; the proof of the books
looks at the ledger, never at these counters.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min, Sum
from django.utils import timezone

from clm_plugin.insights.credit_models import CreditCount, CreditDay
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import DaySum, Lives

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

_OPEN = timedelta(minutes=10)
"""A transaction of the database lasts no longer: what is older is counted for good."""
SMALL = 20_000
"""Transactions up to which lots are looked at whenever somebody asks."""
_SUMS = ("issued", "redeemed", "expired", "clawed_back", "debt", "liability")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSums:
    """What happened to credit of one currency (and programme, where one is named) in a time, in
    minor units. ``liability``: by how much more is owed."""

    currency: str
    programme: str = ""
    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed_back: int = 0
    debt: int = 0
    liability: int = 0


def count_credit(*, now: datetime, zone: tzinfo | None = None) -> int:
    """Count all days anew; returns how many there are."""
    local = zone or timezone.get_default_timezone()
    with transaction.atomic():
        through = wallet.last_settled(before=now - _OPEN)
        days = wallet.day_sums(zone=local, through=through)
        CreditCount.objects.update_or_create(
            id=1,
            defaults={
                "through": through,
                "counted_at": now,
                "lives": [_packed(each) for each in wallet.lives(now=now)],
            },
        )
        CreditDay.objects.all().delete()
        CreditDay.objects.bulk_create(
            CreditDay(
                day=each.day, programme=each.programme, currency=each.currency,
                **{f"{name}_minor": getattr(each, name) for name in _SUMS},
            )
            for each in days
        )  # fmt: skip
    return len(days)


def credit_sums(
    since: date | None = None, until: date | None = None, *, zone: tzinfo | None = None
) -> list[CreditSums]:
    """The sums of whole days by programme; from the first day, and to now, where none is named.

    Three queries; one of them over what came since the night.
    """
    rows = CreditDay.objects.order_by()
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lte=until)
    found: dict[tuple[str, str], dict[str, int]] = {}
    counted: Iterable[Any] = rows.values("programme", "currency").annotate(
        **{name: Sum(f"{name}_minor") for name in _SUMS}
    )
    for row in counted:
        found[row["programme"], row["currency"]] = {name: row[name] for name in _SUMS}
    for each in _since_the_night(zone):
        if (since is None or since <= each.day) and (until is None or each.day <= until):
            its = found.setdefault((each.programme, each.currency), dict.fromkeys(_SUMS, 0))
            for name in _SUMS:
                its[name] += getattr(each, name)
    return [
        CreditSums(programme=programme, currency=currency, **its)
        for (programme, currency), its in sorted(found.items())
    ]


def credit_days(since: date, until: date, *, zone: tzinfo | None = None) -> list[DaySum]:
    """The days of a time, those without anything left out, oldest first; three queries."""
    rows = CreditDay.objects.filter(day__gte=since, day__lte=until)
    days = [
        DaySum(
            day=row.day, programme=row.programme, currency=row.currency,
            **{name: getattr(row, f"{name}_minor") for name in _SUMS},
        )
        for row in rows.order_by("day", "programme")
    ]  # fmt: skip
    late = [each for each in _since_the_night(zone) if since <= each.day <= until]
    return sorted(days + late, key=lambda each: (each.day, each.programme))


def first_credit_day(*, zone: tzinfo | None = None) -> date | None:
    """The first day on which there was credit."""
    counted = CreditDay.objects.aggregate(first=Min("day"))["first"]
    return counted or min((each.day for each in _since_the_night(zone)), default=None)


def credit_lives(*, now: datetime) -> tuple[Mapping[str, Lives], datetime]:
    """How lots lived, by programme, and as of when: last night, or now in a small shop."""
    stored = CreditCount.objects.filter(id=1).first()
    if stored is None or wallet.last_settled(before=now) <= SMALL:
        return {each.programme: each for each in wallet.lives(now=now)}, now
    return {its["programme"]: _unpacked(its) for its in stored.lives}, stored.counted_at


def _since_the_night(zone: tzinfo | None) -> Iterable[DaySum]:
    through = CreditCount.objects.filter(id=1).values_list("through", flat=True).first() or 0
    return wallet.day_sums(zone=zone or timezone.get_default_timezone(), above=through)


def _packed(each: Lives) -> dict[str, object]:
    return {
        name: sorted(value.items()) if isinstance(value, dict) else value
        for name, value in asdict(each).items()
    }


def _unpacked(stored: Mapping[str, object]) -> Lives:
    fields: dict[str, Any] = {
        name: dict(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return Lives(**fields)
