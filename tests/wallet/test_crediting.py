"""The step ``earn``: events through the pipeline to lots."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.models import Event, Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Account, Lot
from tests.factories import NOW, days, new, order, store, stored, viewed
from tests.wallet.shop_events import ME, event_rule, left, person, placed, programme
from tests.wallet.test_programmes import PER_FULL

pytestmark = pytest.mark.django_db


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
    assert told.actor == "customer:1", "so that her timeline and segments find it"


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


def test_one_free_ornament_of_38_does_not_lose_the_earning_of_the_others() -> None:
    programme(earn=[("percent", {"percent": Decimal(10)})], earn_exclusions=[("discounted", None)])
    placed(
        "100", 185_00, product_ids=["1"], category_ids=["7"], quantities=[38],
        totals_minor=[185_00], costs_minor=[-1], discounts_minor=[5_00],
        discounted_quantities=[1],
    )  # fmt: skip
    assert Lot.objects.get().granted_minor == 18_50


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
