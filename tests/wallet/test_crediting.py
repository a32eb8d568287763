"""The step ``earn``: events through the pipeline to lots, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.models import Event, LifeEvent, LifeEventKind, Profile
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.models import Account, Lot, Transaction
from clm_plugin.wallet.publishing import publish
from tests.factories import NOW, days, new, order, store, stored, viewed
from tests.wallet.test_programmes import PER_FULL, authored

pytestmark = pytest.mark.django_db

ME = "customer:1"


def programme(**changes: Any) -> None:
    publish(compile_programme(authored(**{"earn_exclusions": [], **changes})), now=NOW)


def event_rule(event: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    value = {
        "event": event, "life_event": "", "survey": "", "amount": Decimal(5), "once": "ever",
        "waits_for_order": False, **changes,
    }  # fmt: skip
    return ("event", value)


def placed(order_id: str, minor: int, at: datetime = NOW, who: str = ME, **fields: Any) -> None:
    event = order(who, order_id, at)
    data = {
        **event.payload,
        "total_minor": minor,
        "currency": "GBP",
        "product_ids": ["1"],
        "category_ids": ["7"],
        "quantities": [1],
        "totals_minor": [minor],
        "costs_minor": [-1],
        **fields,
    }
    store(new("order.placed", who, at, **data, key=f"order.placed:{order_id}"), at=at)
    pipeline.drain(now=at)


def refunded(
    order_id: str, minor: int, refund_id: str, at: datetime = NOW, tender: str = ""
) -> None:
    data = {
        "order_id": order_id, "refund_id": refund_id, "amount_minor": minor, "currency": "GBP",
        "tender": tender,
    }  # fmt: skip
    event = new("order.refunded", ME, at, **data, key=f"order.refunded:{refund_id}")
    store(event, at=at)
    pipeline.drain(now=at)


def cancelled(order_id: str, at: datetime = NOW) -> None:
    payload = {"order_id": order_id}
    store(new("order.cancelled", "", at, **payload, key=f"cancelled:{order_id}"), at=at)
    pipeline.drain(now=at)


def person(name: str = ME) -> int:
    return Profile.objects.get(identifiers__actor=name).pk


def left() -> list[int]:
    return list(Lot.objects.order_by("id").values_list("remaining_minor", flat=True))


def spend(order_id: str, minor: int, at: datetime) -> None:
    wallet.hold(
        profile_id=person(), amount=Money(minor, "GBP"), key=f"hold:{order_id}", now=at,
        expires_at=at + timedelta(hours=1), order_id=order_id,
    )  # fmt: skip
    wallet.capture(hold_key=f"hold:{order_id}", now=at, order_id=order_id)


def types() -> list[str]:
    rows = Event.objects.filter(type__startswith="credit.").order_by("id")
    return list(rows.values_list("type", flat=True))


def test_an_order_earns_once_and_is_pending_until_it_cannot_be_returned() -> None:
    programme()
    placed("100", 120_00)
    placed("100", 120_00)
    lot = Lot.objects.get()
    assert (lot.granted_minor, lot.opens_at) == (20_00, NOW + days(14))
    assert (lot.source_kind, lot.source_ref) == ("order", "100")
    assert wallet.balance(person(), "GBP", now=NOW).pending_minor == 20_00
    told = Event.objects.get(type="credit.granted")
    assert told.payload["order_id"] == "100"
    assert told.payload["lot_ids"] == [lot.pk]
    assert told.actor == f"profile:{person()}"


def test_history_that_is_read_in_earns_nothing() -> None:
    """Case 54."""
    programme(earn=[PER_FULL, event_rule("customer.registered")])
    event = order(ME, "100", NOW, source="backfill")
    store(event, new("customer.registered", ME, NOW, source="import"))
    pipeline.drain(now=NOW)
    assert not Lot.objects.exists()


def test_the_event_tells_gift_cards_tax_discounts_shipping_and_credit() -> None:
    programme(
        earn=[("percent", {"percent": Decimal(10)})],
        earn_exclusions=[("gift_cards", None), ("discounted", None), ("tax", None)],
    )
    placed(
        "100", 205_00, product_ids=["1", "2", "3"], category_ids=["7", "7", "7"],
        quantities=[1, 1, 1], totals_minor=[100_00, 60_00, 40_00], costs_minor=[-1, -1, -1],
        taxes_minor=[20_00, 0, 0], discounts_minor=[0, 5_00, 0], gift_cards=[0, 0, 1],
        shipping_minor=5_00,
    )  # fmt: skip
    assert Lot.objects.get().granted_minor == 8_50  # a tenth of 80 and of the shipping


def test_what_credit_paid_earns_nothing() -> None:
    programme()
    placed("100", 100_00, credit_minor=60_00)
    assert not Lot.objects.exists()


def test_caps_hold_within_one_batch() -> None:
    programme(cap_customer=Decimal(25))
    for number in range(3):
        store(order(ME, f"o{number}", NOW, total=50_00))
    pipeline.drain(now=NOW)
    total = sum(Lot.objects.values_list("granted_minor", flat=True))
    assert total <= 25_00


def test_the_budget_is_a_hard_stop() -> None:
    programme(budget=Decimal(25))
    placed("100", 100_00)
    placed("101", 100_00)
    placed("102", 50_00)
    assert left() == [20_00]
    assert wallet.totals()[0].issued_minor == 20_00


def test_a_refund_takes_back_its_share_and_each_once() -> None:
    """Case 34: 3.33 + 3.33 + 3.34 of 10.00 go, and never a penny more."""
    programme()
    placed("100", 50_00)
    seen = []
    for number, minor in enumerate((16_65, 16_65, 16_70)):
        refunded("100", minor, f"r{number}")
        refunded("100", minor, f"r{number}")
        seen.append(left()[0])
    assert seen == [6_67, 3_34, 0]


def test_two_refunds_in_one_batch_are_two_shares() -> None:
    programme()
    placed("100", 50_00)
    for number in range(2):
        data = {"order_id": "100", "refund_id": f"r{number}", "amount_minor": 25_00,
                "currency": "GBP"}  # fmt: skip
        store(new("order.refunded", ME, NOW, **data, key=f"r{number}"))
    pipeline.drain(now=NOW)
    assert left() == [0]
    assert Transaction.objects.filter(kind="claw_back").count() == 2


def test_a_cancelled_order_loses_its_bonus_and_earns_none_when_it_was_cancelled_before() -> None:
    programme()
    placed("100", 50_00)
    cancelled("100")
    cancelled("100")
    refunded("100", 50_00, "late")  # the money goes back after the cancellation
    assert left() == [0]
    cancelled("101")
    placed("101", 50_00)
    assert Lot.objects.count() == 1


@pytest.mark.parametrize(
    ("policy", "debt", "owed"), [("lot", 0, 0), ("debt", 10_00, 0), ("reduce_refund", 0, 10_00)]
)
def test_a_bonus_that_was_spent_is_a_debt_or_comes_off_the_refund(
    policy: str, debt: int, owed: int
) -> None:
    """Case 33."""
    programme(pending_days=0, refund_policy=policy)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    kept = wallet.take_back(order_id="100", refund_id="r1", amount_minor=50_00, now=NOW)
    assert kept == owed
    refunded("100", 50_00, "r1")  # the pipeline finds it done
    assert wallet.balances(person(), now=NOW) == (
        [wallet.Balance(currency="GBP", debt_minor=debt)] if debt else []
    )
    if debt:
        placed("102", 100_00)
        assert wallet.balance(person(), "GBP", now=NOW).available_minor == 10_00


def test_a_cancelled_order_gives_back_what_it_spent_and_a_later_refund_no_more() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    cancelled("101")
    assert left() == [10_00]
    refunded("101", 10_00, "r1", tender="store-credit")
    assert left() == [10_00]


def test_a_refund_to_credit_restores_the_lot_unless_the_shop_did() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    wallet.restore(
        order_id="101", amount_minor=4_00, key=wallet.refund_key("r1"), now=NOW,
        grace=timedelta(days=14), reason="", actor="shop",
    )  # fmt: skip
    refunded("101", 4_00, "r1", tender="store-credit")
    assert left() == [4_00]
    refunded("101", 6_00, "r2", tender="store-credit")
    assert left() == [10_00]
    refunded("101", 6_00, "r3", tender="card")
    assert left() == [10_00]


def test_a_lot_that_expired_before_the_refund_has_the_grace_of_its_programme() -> None:
    """Case 35."""
    programme(pending_days=0, expiry_days=5, grace_days=21)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    later = NOW + days(30)
    refunded("101", 10_00, "r1", at=later, tender="store-credit")
    lot = Lot.objects.latest("id")
    assert (lot.remaining_minor, lot.expires_at) == (10_00, later + days(21))


def register(number: int, **fields: Any) -> None:
    payload = {"email": f"somebody{number}@example.com", **fields}
    store(new("customer.registered", f"customer:{number}", NOW, **payload))
    pipeline.drain(now=NOW)


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


def test_time_opens_reminds_and_expires_and_each_is_an_event_once() -> None:
    programme(expiry_days=30)
    placed("100", 50_00)
    for day in (14, 15, 38, 44, 45, 46):
        pipeline.sweep(now=NOW + days(day), send=False)
        pipeline.sweep(now=NOW + days(day), send=False)
    assert types() == [
        "credit.granted", "credit.opened", "credit.expiring", "credit.expiring", "credit.expired",
    ]  # fmt: skip
    rows = Event.objects.filter(type="credit.expiring").order_by("id")
    assert [event.payload["days"] for event in rows] == [7, 1]
    assert left() == [0]


def test_the_sweep_is_asked_for_when_credit_is_due_and_not_before() -> None:
    programme(expiry_days=30)
    placed("100", 50_00)
    due = pipeline.next_due()
    assert due is not None
    assert due <= NOW + days(14)
    assert wallet.next_due() == NOW + days(14)


def test_spending_and_clawing_are_events_too() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 4_00, NOW)
    cancelled("100")
    pipeline.drain(now=NOW)
    assert types() == ["credit.granted", "credit.spent", "credit.clawed_back"]


def test_our_own_news_are_no_sign_of_life() -> None:
    programme()
    placed("100", 50_00)
    pipeline.sweep(now=NOW + days(20), send=False)
    assert types()[-1] == "credit.opened"
    assert Profile.objects.get(pk=person()).facts.last_seen_at == NOW


def test_reads_are_the_same_for_one_order_and_for_many() -> None:
    programme(cap_customer=Decimal(500), budget=Decimal(5000))
    pids = [Profile.objects.create(created_at=NOW).pk for _ in range(20)]
    profile_of = {f"customer:{pid}": pid for pid in pids}
    wallet.live_programmes()
    counts = []
    for size in (1, 20):
        placed_now = [
            stored(order(f"customer:{pid}", f"{size}-{pid}", NOW, total=1_00))
            for pid in pids[:size]
        ]
        with CaptureQueriesContext(connection) as queries:
            wallet.earn(placed_now, profile_of, now=NOW)
        counts.append(len(queries))
    assert not Account.objects.exists()
    assert counts == [6, 6]  # version, keys, orders, caps, budgets, promises


def test_a_batch_without_such_events_asks_nothing() -> None:
    programme()
    with CaptureQueriesContext(connection) as queries:
        wallet.earn([stored(viewed("visitor:a"))], {"visitor:a": 1}, now=NOW)
    assert len(queries) == 0


def test_a_batch_with_an_order_asks_once_where_there_is_no_programme() -> None:
    wallet.live_programmes()
    pid = Profile.objects.create(created_at=NOW).pk
    with CaptureQueriesContext(connection) as queries:
        wallet.earn([stored(order(ME, "100", NOW))], {ME: pid}, now=NOW)
    assert len(queries) <= 2  # the version, and what waits for an order
