"""Queueing mails once, clicks that count, addresses that are left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.messages import api
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.messages.operations import log_click, resubscribe, unsubscribe
from clm_plugin.models import Consent, Identifier
from clm_plugin.models import Event as EventRow
from tests.factories import NOW, new, store
from tests.messages.parts import MailShop, intent, person, queued, state_of

if TYPE_CHECKING:
    from clm_plugin.events.api import Event
    from clm_plugin.shop.api import Product

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_second_intent_changes_nothing(shop: MailShop) -> None:
    wanted = [intent(person(f"p{n}@example.com"), "b1") for n in range(3)]
    assert api.deliver(wanted, now=NOW) == 3
    assert api.deliver([*wanted, wanted[0]], now=NOW + timedelta(hours=1)) == 0
    assert Delivery.objects.count() == 3


def test_content_is_frozen_at_the_decision(shop: MailShop) -> None:
    row = queued(person(), "b1", subject="As decided")
    assert row.content["subject"] == "As decided"
    assert row.send_by == NOW + timedelta(hours=24)
    assert row.plan_version == 3


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "a@b.example\nBcc: x@y.example", "a\x00@b.example", f"{'a' * 250}@b.example"],
)
def test_what_is_no_address_fails_alone(shop: MailShop, email: str) -> None:
    bad, good = person("x@example.com"), person("good@example.com")
    bad.email = email
    assert api.deliver([intent(bad, "b1"), intent(good, "b1")], now=NOW) == 2
    assert sorted(Delivery.objects.values_list("state", "address")) == [
        ("failed", ""),
        ("queued", "good@example.com"),
    ]


def test_many_are_queued_in_a_few_queries(
    shop: MailShop, django_assert_max_num_queries: Any
) -> None:
    wanted = [intent(person(f"p{n}@example.com"), "b1") for n in range(200)]
    with django_assert_max_num_queries(6):
        assert api.deliver(wanted, now=NOW) == 200


def click(row: Delivery, link: int = 0, seconds: float = 60, **how: Any) -> MailClick:
    values: dict[str, Any] = {"method": "GET", "user_agent": BROWSER, "is_crawler": False} | how
    found = log_click(row, link, now=NOW + timedelta(seconds=seconds), **values)
    assert found
    return MailClick.objects.get(id=found)


def viewed(click_id: object) -> Event:
    """The event that our script sends from the page a click led to."""
    from clm_plugin.events.api import Event, uuid7

    return Event(
        id=uuid7(),
        type="page.viewed",
        actor="visitor:v",
        object_id="",
        occurred_at=NOW,
        received_at=NOW,
        source="browser",
        payload={"path": "/", "click": str(click_id)},
    )


@pytest.fixture
def row(shop: MailShop) -> Delivery:
    found = queued(person(), "b1")
    found.claimed_at = NOW
    found.save()
    return found


def test_a_click_counts_once_a_browser_confirms_it(row: Delivery) -> None:
    clicked = click(row)
    later = NOW + timedelta(minutes=2)
    for _ in range(2):  # a replay tells the same again
        [found] = api.confirm_clicks([viewed(clicked.id)], now=later)
        assert (found.id, found.campaign, found.profile_id, found.at) == (
            clicked.id,
            "basket-reminder",
            row.profile_id,
            clicked.clicked_at,
        )
        later += timedelta(hours=1)
    clicked.refresh_from_db()
    assert clicked.confirmed_at == NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    "value", ["", "nonsense", "1" * 40, "1e2f5b5c-780b-427d-8dcb-da8bca288378", "' OR 1=1 --"]
)
def test_an_invented_click_confirms_nothing(row: Delivery, value: str) -> None:
    assert api.confirm_clicks([viewed(value)], now=NOW) == []


def test_a_machines_click_is_never_confirmed(row: Delivery) -> None:
    clicks = [click(row, method="HEAD"), click(row, seconds=90, is_crawler=True)]
    assert [c.suspicious for c in clicks] == ["head", "bot"]
    assert api.confirm_clicks([viewed(c.id) for c in clicks], now=NOW) == []


def test_a_burst_over_several_links_flags_its_first_click_too(row: Delivery) -> None:
    first, alone = click(row, 0, 60), click(row, 0, 30)
    click(row, 1, 61)
    first.refresh_from_db()
    alone.refresh_from_db()
    assert (first.suspicious, alone.suspicious) == ("burst", "")


def test_the_same_link_twice_is_a_double_click(row: Delivery) -> None:
    assert [click(row, 0, 60).suspicious, click(row, 0, 60.3).suspicious] == ["", ""]


def test_the_log_of_one_mail_is_bounded(row: Delivery) -> None:
    MailClick.objects.bulk_create(
        [MailClick(id=uuid4(), delivery=row, link=0, clicked_at=NOW) for _ in range(200)]
    )
    assert log_click(row, 0, method="GET", user_agent=BROWSER, is_crawler=False, now=NOW) is None
    assert MailClick.objects.count() == 200


def test_confirming_a_batch_takes_two_queries(
    row: Delivery, django_assert_num_queries: Any
) -> None:
    clicks = [click(row, 0, 60 + n) for n in range(20)]
    with django_assert_num_queries(2):
        assert len(api.confirm_clicks([viewed(c.id) for c in clicks], now=NOW)) == 20
    with django_assert_num_queries(0):
        assert api.confirm_clicks([viewed("")] * 5, now=NOW) == []


@pytest.mark.parametrize("same", ["Ann@Example.com", " ann@example.com ", "ＡＮＮ＠example.com"])
def test_suppression_knows_an_address_however_it_is_written(same: str) -> None:
    assert api.suppress("ann@example.com", reason="complaint", now=NOW)
    assert api.is_suppressed(same)
    assert not api.is_suppressed("ann+b@example.com")
    assert "ann" not in str(list(Suppression.objects.values()))


def test_an_unsubscribe_never_replaces_a_complaint() -> None:
    api.suppress("a@example.com", reason="complaint", now=NOW)
    api.suppress("a@example.com", reason="unsubscribed", now=NOW)
    assert Suppression.objects.get().reason == "complaint"
    api.suppress("b@example.com", reason="unsubscribed", now=NOW)
    api.suppress("b@example.com", reason="bounce", now=NOW)
    assert Suppression.objects.filter(reason="bounce").count() == 1


def test_unsubscribing_reaches_consent_and_its_history(shop: MailShop) -> None:
    profile = person()
    row = queued(profile, "b1")
    Identifier.objects.create(actor="customer:7", profile=profile, created_at=NOW)
    at = NOW + timedelta(minutes=1)
    unsubscribe(row, now=at)
    unsubscribe(row, now=at)
    [event] = EventRow.objects.filter(type="consent.withdrawn")
    assert (event.actor, event.source, event.payload) == (
        "customer:7",
        "plugin",
        {"purposes": ["marketing"], "channel": "mail", "place": "unsubscribe_link"},
    )
    pipeline.drain(now=at + timedelta(minutes=1))
    assert Consent.objects.get(profile=profile).granted is False
    assert api.is_suppressed(profile.email)


def test_taking_an_unsubscribe_back(shop: MailShop) -> None:
    profile = person()
    row = queued(profile, "b1")
    unsubscribe(row, now=NOW + timedelta(minutes=1))
    resubscribe(row, now=NOW + timedelta(minutes=2))
    pipeline.drain(now=NOW + timedelta(hours=1))
    assert not api.is_suppressed(profile.email)
    assert Consent.objects.get(profile=profile).granted is True
    api.suppress(profile.email, reason="bounce", now=NOW)
    resubscribe(row, now=NOW + timedelta(minutes=3))
    assert api.is_suppressed(profile.email)


def test_after_a_new_yes_a_second_unsubscribe_counts_again(shop: MailShop) -> None:
    profile = person()
    row = queued(profile, "b1")
    unsubscribe(row, now=NOW + timedelta(minutes=1))
    actor = Identifier.objects.get(profile=profile).actor
    store(new("consent.given", actor, NOW + timedelta(minutes=2), purposes=["mail"]))
    pipeline.drain(now=NOW + timedelta(hours=1))
    unsubscribe(row, now=NOW + timedelta(hours=1))
    pipeline.drain(now=NOW + timedelta(hours=2))
    assert Consent.objects.get(profile=profile).granted is False


def test_mails_move_with_a_merge(shop: MailShop) -> None:
    old, into = person("a@example.com"), person("b@example.com")
    row = queued(old, "b1")
    api.move(old.pk, into.pk)
    row.refresh_from_db()
    assert row.profile_id == into.pk


def test_what_the_console_asks(
    shop: MailShop, mug: Product, django_assert_num_queries: Any
) -> None:
    profile = person()
    basket = shop.fill((mug, 1))
    row = queued(profile, basket)
    queued(person("no@example.com", agreed=False), basket)
    api.send_due(now=NOW)
    state_of(row)
    api.confirm_clicks([viewed(click(row).id), viewed(click(row, 0, 70).id)], now=NOW)
    with django_assert_num_queries(2):
        counts = api.counts_by_campaign(NOW - timedelta(days=30))
    assert counts == {"basket-reminder": {"sent": 1, "suppressed": 1, "clicked": 1}}
    assert api.counts_by_campaign(NOW + timedelta(days=1)) == {}
    with django_assert_num_queries(1):
        [info] = api.deliveries_of(profile.pk, limit=5)
    assert (info.state, info.subject, info.clicked_at) == (
        "sent",
        "You left something behind",
        NOW + timedelta(seconds=60),
    )


def test_next_due(shop: MailShop) -> None:
    assert api.next_due() is None
    row = queued(person(), "b1")
    assert api.next_due() == NOW
    Delivery.objects.filter(pk=row.pk).update(state="sending", claimed_at=NOW)
    assert api.next_due() == NOW + timedelta(minutes=10)
    Delivery.objects.filter(pk=row.pk).update(state="sent")
    assert api.next_due() is None


def test_next_due_is_one_query(shop: MailShop) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as queries:
        api.next_due()
    assert len(queries) == 1
