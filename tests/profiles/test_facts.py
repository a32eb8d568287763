"""Facts: a fold that no order of events can change, of orders that count once."""

import random
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin.events.api import Event, NewEvent
from clm_plugin.models import CategoryFact, Facts, ItemFact, OrderFact, ProductFact
from clm_plugin.profiles import api as profiles
from tests.factories import NOW, basket, days, new, order, stored, viewed

pytestmark = pytest.mark.django_db


def story() -> list[NewEvent]:
    me = "customer:1"
    return [
        new("page.viewed", me, NOW - days(40), path="/", session=True, source_="", referrer=""),
        new("page.viewed", me, NOW - days(39), path="/", session=True, medium="cpc"),
        viewed(me, "1", NOW - days(38), category_ids=["10"]),
        viewed(me, "1", NOW - days(37), category_ids=["10"]),
        basket(me, "b1", NOW - days(36), items=3),
        order(me, "o1", NOW - days(36) + timedelta(hours=1), 4000, basket_id="b1"),
        order(me, "o2", NOW - days(16) + timedelta(hours=1), 6000),
        new(
            "order.refunded",
            "",
            NOW - days(10),
            order_id="o2",
            refund_id="r1",
            amount_minor=1000,
            currency="GBP",
        ),
        order(me, "o3", NOW - days(6), 9000),
        new("order.cancelled", "", NOW - days(5), order_id="o3"),
        basket(me, "b2", NOW - days(1), items=2),
        new("customer.registered", me, NOW - days(36), email="ada@example.com", first_name="Ada"),
        new("consent.given", me, NOW - days(30), purposes=["mail"]),
        new("consent.withdrawn", me, NOW - days(2), purposes=["mail"]),
    ]


def tell(events: list[NewEvent], *, batches: int = 1) -> dict[str, Any]:
    rows: list[Event] = []
    for event in events:
        event.payload.pop("source_", None)
        rows.append(stored(event))
    size = -(-len(rows) // batches)
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        profiles.fold_events(part, profiles.resolve(part).profile_of)
    return dict(Facts.objects.values().get())


def test_the_story_adds_up() -> None:
    facts = tell(story())
    assert facts["orders"] == 2
    assert facts["spend_minor"] == 10_000
    assert facts["refunded_minor"] == 1_000
    assert facts["margin_minor"] == (1000 - 400) + (1500 - 600)
    assert facts["items_bought"] == 6
    assert facts["gap_days"] == pytest.approx(20)
    assert facts["last_order_at"] == NOW - days(16) + timedelta(hours=1)
    assert facts["product_views"] == 2
    assert facts["sessions"] == 2
    assert (facts["first_channel"], facts["last_channel"]) == ("direct", "cpc")
    assert (facts["basket_id"], facts["basket_items"], facts["basket_minor"]) == ("b2", 2, 2000)
    assert facts["main_category"] == "20"
    assert ProductFact.objects.get().views == 2
    bought = CategoryFact.objects.get(category_id="20")
    assert (bought.quantity, bought.spend_minor) == (4, 7_500)
    assert CategoryFact.objects.get(category_id="10").views == 2
    assert profiles.mail_consents([facts["profile_id"]]) == {facts["profile_id"]: False}


@pytest.mark.parametrize("seed", range(20))
def test_no_order_of_events_changes_the_facts(seed: int) -> None:
    """Reliability: clocks do not matter. 20 shuffles here; the slow suite does 200."""
    expected = tell(story())
    for model in (Facts, ItemFact, OrderFact, ProductFact, CategoryFact):
        model.objects.all().delete()
    shuffled = story()
    chance = random.Random(seed)
    chance.shuffle(shuffled)
    facts = tell(shuffled, batches=chance.choice([1, 2, 5, 14]))
    for changing in ("profile_id", "basket_event"):
        facts.pop(changing), expected.pop(changing)
    assert facts == expected


def test_a_refund_may_come_before_its_order() -> None:
    events = story()
    facts = tell([events[7], *events[:7]])
    assert (facts["orders"], facts["refunded_minor"]) == (2, 1000)


def test_an_order_told_twice_counts_once() -> None:
    events = [order("customer:1", "o1"), order("customer:1", "o1", key="other")]
    assert tell(events, batches=2)["orders"] == 1
    assert ItemFact.objects.count() == 2


def test_statements_do_not_grow_with_the_batch(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    events = [order(f"customer:{i}", f"o{i}") for i in range(100)]
    events += [viewed(f"visitor:{i}") for i in range(100)]
    rows = [stored(event) for event in events]
    found = profiles.resolve(rows)
    with django_assert_max_num_queries(20):
        profiles.fold_events(rows, found.profile_of)
