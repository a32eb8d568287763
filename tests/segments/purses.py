"""Store credit for the people of the crowd: lots on, before and behind their dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from clm_plugin.models import Account, Lot

MICRO = timedelta(microseconds=1)


def give_credit(
    dice: Random, ids: list[int], some_time: Callable[[Random], datetime], now: datetime
) -> None:
    """Accounts with lots on, before and behind their dates; in two currencies."""
    accounts = Account.objects.bulk_create(
        Account(
            purpose="customer",
            programme=f"p{ids[0]}-{currency}",
            currency=currency,
            profile_id=pid,
            opened_for=pid,
            balance_minor=10_000,
        )
        for pid in ids
        for currency in ("GBP", "EUR")
        if dice.random() < 0.5
    )
    lots = []
    for account in accounts:
        for _ in range(dice.randrange(3)):
            opens = some_time(dice)
            days = dice.choice((None, 1, 3, 30))
            left = dice.choice((0, 1, 99, 100, 101))
            lots.append(
                Lot(
                    account=account,
                    granted_minor=200,
                    remaining_minor=left,
                    granted_at=now,
                    opens_at=opens,
                    expires_at=None
                    if days is None
                    else opens + timedelta(days=days) + MICRO * dice.choice((0, 1)),
                )
            )
    Lot.objects.bulk_create(lots)
