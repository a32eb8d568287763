"""Case 54: orders that are imported again bring 0 mails, 0 enrolments and 0 entries.

Again by the same keys, and again with the keys lost (a restored backup, another importer), beside
campaigns that start with orders, stages and segments.
"""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin import pipeline
from clm_plugin.models import (
    Campaign,
    Credit,
    Delivery,
    Enrolment,
    EventKey,
    Facts,
    ItemFact,
    MembershipChange,
    OrderFact,
    Receipt,
)
from tests.campaigns.test_entering import campaign
from tests.factories import NOW, days, new, order, store
from tests.segments.circle import orders, publish

pytestmark = pytest.mark.django_db
ME, HER = "customer:1", "customer:2"
COUNTED: tuple[Any, ...] = (Delivery, Enrolment, Receipt, Credit, OrderFact, ItemFact)


@pytest.fixture(autouse=True)
def _busy_shop(settings: Any) -> None:
    settings.CLM = {"SHOP": "nonexistent.Shop", "GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0)}


@pytest.fixture
def campaigns(db: None) -> list[Campaign]:
    publish("buyers", orders(1))
    return [
        campaign("event", event="order.placed", minutes=0),
        campaign("stage_entered", stages=["nurture", "retain", "loyal", "at-risk", "lapsed"]),
        campaign("stage_left", stages=["nurture", "retain"]),
        campaign("segment_entered", segments=["buyers"]),
    ]


def history(source: str, *, suffix: str = "") -> list[Any]:
    told = []
    for who, number in ((ME, 1), (ME, 2), (HER, 3)):
        at = NOW - days(200 - 40 * number)
        told.append(
            order(who, f"o{number}", at, source=source, key=f"order.placed:o{number}{suffix}")
        )
    return told


def state() -> dict[str, Any]:
    found: dict[str, Any] = {model.__name__: model.objects.count() for model in COUNTED}
    found["facts"] = list(
        Facts.objects.order_by("profile_id").values("orders", "spend_minor", "items_bought")
    )
    found["lines"] = list(ItemFact.objects.order_by("pk").values_list("quantity", flat=True))
    found["entered"] = MembershipChange.objects.count()
    return found


def everything_due(at: Any) -> None:
    pipeline.drain(now=at)
    pipeline.sweep(now=at, send=False)


def known() -> None:
    for who, name in ((ME, "ada"), (HER, "eve")):
        store(
            new("customer.registered", who, NOW - days(300), email=f"{name}@example.com"),
            new("consent.given", who, NOW - days(300), purposes=["mail"]),
            at=NOW - days(300),
        )
    everything_due(NOW - days(300))


@pytest.mark.parametrize("source", ["backfill", "shop"])
@pytest.mark.parametrize("keys", ["kept", "lost", "others"])
def test_again_brings_nothing(source: str, keys: str, campaigns: list[Campaign]) -> None:
    known()
    store(*history("backfill"), at=NOW)
    everything_due(NOW)
    assert (Delivery.objects.count(), Enrolment.objects.count()) == (0, 0)
    assert OrderFact.objects.count() == 3
    before = state()
    if keys == "lost":
        EventKey.objects.all().delete()
    store(*history(source, suffix="-again" if keys == "others" else ""), at=NOW + days(1))
    everything_due(NOW + days(1))
    assert state() == before


def test_the_campaigns_are_awake(campaigns: list[Campaign]) -> None:
    """Red first: the same orders, told as they happen, start every one of them."""
    known()
    store(order(ME, "o1", NOW), at=NOW)
    everything_due(NOW)
    store(order(ME, "o2", NOW + days(1)), at=NOW + days(1))
    everything_due(NOW + days(1))
    started = set(Enrolment.objects.values_list("campaign", flat=True))
    assert started == {each.key for each in campaigns}
    assert Delivery.objects.exists()
