"""Screens ask the database as often for ten rows as for a thousand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clm_plugin.insights.api import recount
from clm_plugin.models import Facts, Profile, Standing
from tests.console.makers import (
    make_campaign,
    make_credit,
    make_dead_letter,
    make_event,
    make_mail,
    make_move,
    make_person,
    make_receipt,
    make_seen,
)
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test import Client

# What Wagtail itself asks on every page: session, user, permissions, locales, its menu.
WAGTAIL = 8


def queries(client: Client, url: str) -> int:
    client.get(url)  # content types, sprites, templates
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def crowd(count: int) -> None:
    people = Profile.objects.bulk_create(
        Profile(created_at=NOW, first_name=f"P{n}") for n in range(count)
    )
    Facts.objects.bulk_create(
        Facts(profile=person, last_seen_at=NOW - timedelta(minutes=n))
        for n, person in enumerate(people)
    )
    Standing.objects.bulk_create(Standing(profile=p, stage="nurture", since=NOW) for p in people)


@pytest.fixture
def busy() -> Profile:
    """A customer with a little of everything."""
    person = make_person(first_name="Ann")
    _more(person, 2)
    return person


def _more(person: Profile, count: int) -> None:
    for n in range(count):
        make_event(person, "product.viewed", at=NOW - timedelta(minutes=n), product_id=str(n % 6))
        make_seen(make_receipt(person, decided_at=NOW - timedelta(minutes=n)))
        make_mail(person)
        make_credit(person)
        make_move(person, "reach", "acquire", at=NOW - timedelta(days=n % 30))


def test_board(root: Client, busy: Profile) -> None:
    make_campaign()
    recount(now=NOW)
    url = reverse("clm_board:index")
    few = queries(root, url)
    assert few <= WAGTAIL + 22
    crowd(1_000)
    _more(busy, 40)
    for n in range(12):
        make_campaign(f"c{n}", name=f"Campaign {n}", stages=["loyal"])
    recount(now=NOW)
    assert queries(root, url) == few
    assert queries(root, f"{url}?days=365") == few
    assert queries(root, reverse("clm_board:picture")) <= few


def test_customers(root: Client) -> None:
    url = reverse("clm_customers:index")
    crowd(10)
    few = queries(root, url)
    assert few <= WAGTAIL + 4  # the lifecycle model, the campaigns to choose from
    crowd(1_000)
    assert queries(root, url) == few
    assert queries(root, f"{url}?q=P1&stage=nurture&ordering=-spend_minor&p=2") <= few + 5
    window = "when_from=2026-10-01&when_to=2026-11-21"
    assert queries(root, f"{url}?moved_from=reach&moved_to=onward&{window}") <= few + 4
    assert queries(root, f"{url}?did=clicked&did_in=nurture&{window}") <= few + 12


def test_customer(root: Client, busy: Profile) -> None:
    url = reverse("clm_customers:customer", args=(busy.pk,))
    few = queries(root, url)
    assert few <= WAGTAIL + 20
    _more(busy, 120)
    assert queries(root, url) == few


def test_receipts(root: Client, busy: Profile) -> None:
    url = reverse("clm_receipts:index")
    few = queries(root, url)
    assert few <= WAGTAIL + 4
    for _ in range(60):
        make_receipt(make_person())
    assert queries(root, url) == few


def test_campaigns(root: Client, busy: Profile) -> None:
    make_campaign()
    url = reverse("clm_campaigns:list")
    few = queries(root, url)
    for n in range(30):
        make_campaign(f"c{n}", name=f"Campaign {n}")
    assert queries(root, url) == few
    assert few <= WAGTAIL + 12


def test_results(root: Client, busy: Profile) -> None:
    url = reverse("clm_campaigns:numbers", args=(make_campaign().pk,))
    few = queries(root, url)
    assert few <= WAGTAIL + 7
    _more(busy, 100)
    assert queries(root, url) == few


def test_dead_letters(root: Client) -> None:
    make_dead_letter()
    url = reverse("clm_dead_letters:index")
    few = queries(root, url)
    for _ in range(60):
        make_dead_letter()
    assert queries(root, url) == few


def test_importing_the_hooks_asks_nothing(db: None, django_assert_num_queries: Any) -> None:
    import importlib

    from wagtail import hooks

    from clm_plugin import wagtail_hooks
    from clm_plugin.console.api import lifecycle_group

    before = {name: list(functions) for name, functions in hooks._hooks.items()}
    try:
        with django_assert_num_queries(0):
            importlib.reload(wagtail_hooks)
            lifecycle_group()
    finally:
        hooks._hooks.clear()
        hooks._hooks.update(before)
