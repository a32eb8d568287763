"""Clocks do not matter: events in any order, and a server whose clock goes back an hour."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from clm_plugin import pipeline
from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.models import Delivery, Receipt
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from tests.factories import NOW, basket, days, new, store
from tests.messages.parts import BASE, SHOP, MailShop
from tests.profiles.test_facts import story
from tests.reliability.state import difference, state

HOUR = timedelta(hours=1)


class _Again(Exception):
    """Takes everything back."""


def lived(order: list[int], portions: list[int]) -> dict[str, Any]:
    """What the story comes to when it is told in this order and in these portions."""
    told = story()
    for event in told:
        event.payload.pop("source_", None)
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            at = 0
            for size in portions:
                store(*(told[n] for n in order[at : at + size]), at=NOW)
                pipeline.drain(now=NOW)
                at += size
            pipeline.sweep(now=NOW, send=False)
            found = state()
            raise _Again
    except _Again:
        pass
    for row in found["Facts"]:
        row.pop("basket_event")  # an id of this telling
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "times", [10, pytest.param(200, marks=pytest.mark.slow)], ids=["10", "200"]
)
def test_any_order_of_the_story_comes_to_the_same(times: int) -> None:
    length = len(story())
    expected = lived(list(range(length)), [length])
    assert expected["stages"]
    for seed in range(times):
        chance = random.Random(seed)
        order = chance.sample(range(length), length)
        portions: list[int] = []
        while sum(portions) < length:
            portions.append(chance.randint(1, length - sum(portions)))
        assert difference(expected, lived(order, portions)) == [], f"seed {seed}"


@pytest.fixture
def shop(settings: Any) -> Iterator[MailShop]:
    settings.CLM = {
        "SHOP": SHOP,
        "SITE_URL": BASE,
        "MAIL_FROM": "Hearth <hello@shop.example>",
        "GLOBAL_HOLDOUT": 0.0,
        "QUIET_HOURS": (0, 0),
    }
    found = get_shop()
    assert isinstance(found, MailShop)
    found.clear()
    yield found
    found.clear()


def left_behind(shop: MailShop, at: Any) -> None:
    mug = shop.add_product("Mug", price=Money(950, "GBP"), stock=9)
    store(basket("customer:1", shop.fill((mug, 1)), at), at=at)
    pipeline.drain(now=at)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_basket", [True, False])
def test_a_clock_set_back_an_hour_sends_no_second_mail(shop: MailShop, same_basket: bool) -> None:
    install(first_day()[0], publish=True)
    store(
        new("customer.registered", "customer:1", NOW - days(1), email="ada@example.com"),
        new("consent.given", "customer:1", NOW - days(1), purposes=["mail"]),
    )
    pipeline.drain(now=NOW)
    left_behind(shop, NOW)
    sent_at = NOW + HOUR / 2
    assert pipeline.sweep(now=sent_at).mails == 1
    assert [letter.to for letter in mail.outbox] == [["ada@example.com"]]
    back = sent_at - HOUR
    if not same_basket:  # she starts another one while the clock is wrong
        left_behind(shop, back)
    for minutes in range(0, 180, 10):
        pipeline.sweep(now=back + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
    assert Delivery.objects.filter(state="sent").count() == Delivery.objects.count() == 1
    assert Receipt.objects.filter(yes=True).count() == 1


@pytest.mark.django_db
def test_ten_years_off_is_clamped() -> None:
    """What a browser dates ten years ahead or back counts as of today."""
    from clm_plugin.models import Event, Facts

    wrong = [NOW + days(3650), NOW - days(3650)]
    for n, at in enumerate(wrong):
        store(new("page.viewed", f"visitor:{n}", at, path="/", source="browser"), at=NOW)
    pipeline.drain(now=NOW)
    assert list(Event.objects.order_by("id").values_list("occurred_at", flat=True)) == [
        NOW,
        NOW - days(1),
    ]
    assert Facts.objects.filter(last_seen_at__range=(NOW - days(1), NOW)).count() == 2
