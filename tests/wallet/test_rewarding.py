"""Fixed amounts for events: accounts, reviews, birthdays, surveys, friends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from clm_plugin import pipeline
from clm_plugin.models import LifeEvent, LifeEventKind, Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Lot
from tests.factories import NOW, days, new, store
from tests.wallet.shop_events import (
    ME,
    cancelled,
    event_rule,
    left,
    person,
    placed,
    programme,
    register,
)

pytestmark = pytest.mark.django_db


def test_five_accounts_five_welcomes_wait_for_an_order_that_is_past_return() -> None:
    """Case 38."""
    programme(earn=[event_rule("customer.registered", waits_for_order=True)])
    for number in range(1, 6):
        register(number)
    assert not Lot.objects.exists()
    assert all(len(wallet.promised(pk)) == 1 for pk in Profile.objects.values_list("pk", flat=True))
    placed("100", 10_00, who="customer:1")
    lot = Lot.objects.get()
    assert (lot.granted_minor, lot.opens_at) == (5_00, NOW + days(14))
    assert wallet.promised(person()) == ()
    cancelled("100", NOW + days(3))
    assert left() == [0]
    assert len(wallet.promised(person())) == 1
    placed("101", 10_00, NOW + days(4), who="customer:1")
    assert left() == [0, 5_00]
    placed("102", 10_00, NOW + days(5), who="customer:1")
    assert left() == [0, 5_00]


def test_one_mailbox_is_welcomed_once_whatever_follows_the_plus() -> None:
    programme(earn=[event_rule("customer.registered")])
    register(1, email="Ann@example.com")
    register(2, email="ann+again@EXAMPLE.com")
    register(3, email="bob@example.com")
    assert left() == [5_00, 5_00]


def test_rewards_are_once_once_a_year_or_once_for_each_thing() -> None:
    programme(
        earn=[
            event_rule("review.added", once="each", amount=Decimal(1)),
            event_rule("survey.answered", once="year", survey="nps", amount=Decimal(2)),
            event_rule("referral.converted", once="ever", amount=Decimal(3)),
        ]
    )
    for year in (0, 365):
        at = NOW + days(year)
        for product in ("1", "1", "2"):
            store(new("review.added", ME, at, product_id=product), at=at)
        for survey in ("nps", "nps", "other"):
            store(new("survey.answered", ME, at, survey=survey), at=at)
        store(new("referral.converted", ME, at), at=at)
        pipeline.drain(now=at)
    assert sorted(Lot.objects.values_list("granted_minor", flat=True)) == [
        1_00, 1_00, 2_00, 2_00, 3_00,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        (date(1990, 3, 20), datetime(2026, 3, 20, 3, tzinfo=UTC), 1),
        (date(1990, 3, 18), datetime(2026, 3, 20, 3, tzinfo=UTC), 1),
        (date(1990, 3, 17), datetime(2026, 3, 20, 3, tzinfo=UTC), 0),
        (date(1990, 3, 21), datetime(2026, 3, 20, 3, tzinfo=UTC), 0),
        (date(1992, 2, 29), datetime(2026, 2, 28, 3, tzinfo=UTC), 1),
        (date(1992, 2, 29), datetime(2028, 2, 28, 3, tzinfo=UTC), 0),
        (date(1992, 2, 29), datetime(2028, 2, 29, 3, tzinfo=UTC), 1),
    ],
)
def test_a_birthday_is_rewarded_on_its_day_and_once_a_year(
    born: date, today: datetime, expected: int
) -> None:
    LifeEventKind.objects.get_or_create(
        key="birthday", defaults={"label": "Birthday", "source": "dated", "yearly": True}
    )
    pid = Profile.objects.create(created_at=NOW).pk
    LifeEvent.objects.create(
        profile_id=pid, kind="birthday", source="dated", on=born, yearly=True,
        month_day=born.month * 100 + born.day, declared_at=NOW,
    )  # fmt: skip
    rule = event_rule("life_event.declared", life_event="birthday", once="year")
    programme(earn=[rule])
    for night in range(2):
        wallet.reward_days(now=today + timedelta(hours=night))
    assert Lot.objects.count() == expected
    if expected and born.month == 3:
        wallet.reward_days(now=today.replace(year=today.year + 1))
        assert Lot.objects.count() == 2
