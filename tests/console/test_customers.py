"""The list of customers and the page of one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from clm_plugin.console import paging
from clm_plugin.insights.api import recount
from clm_plugin.models import Consent
from tests.console.makers import (
    make_campaign,
    make_credit,
    make_event,
    make_mail,
    make_move,
    make_person,
    make_receipt,
)
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from clm_plugin.models import Profile


def listed(client: Client, query: str = "") -> list[str]:
    page = client.get(reverse("clm_customers:index") + query).content.decode()
    return re.findall(r'class="clm-person__name"[^>]*>([^<]*)<', page)


@pytest.fixture
def people(db: None) -> list[Profile]:
    ago = timedelta(days=1)
    return [
        make_person(first_name="Ann", email="ann@example.com", customer_id="17", stage="loyal",
                    seen=NOW - 3 * ago, orders=7, spend_minor=5000),
        make_person(first_name="Annabel", email="bel@example.com", stage="convert",
                    seen=NOW - ago, orders=0, spend_minor=0),
        make_person(stage="reach", seen=NOW - 2 * ago),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Annabel", "Visitor", "Ann"]),
        ("?ordering=last_seen_at", ["Ann", "Visitor", "Annabel"]),
        ("?ordering=-orders", ["Ann", "Visitor", "Annabel"]),
        ("?ordering=-spend_minor", ["Ann", "Visitor", "Annabel"]),
        ("?ordering=profile__email", ["Annabel", "Visitor", "Ann"]),  # not a sortable column
        ("?q=ann", ["Annabel", "Ann"]),
        ("?q=ANN@example", ["Ann"]),
        ("?q=bel@", ["Annabel"]),
        ("?q=17", ["Ann"]),
        ("?q=nn", []),
        ("?q=%25", []),
        ("?stage=loyal", ["Ann"]),
        ("?stage=nonsense", ["Annabel", "Visitor", "Ann"]),
        ("?known=account", ["Ann"]),
        ("?known=mail", ["Annabel", "Ann"]),
        ("?q=ann&stage=convert", ["Annabel"]),
    ],
)
def test_list(root: Client, people: list[Profile], query: str, names: list[str]) -> None:
    assert [name.split()[0] for name in listed(root, query)] == names


def test_merged_profiles_are_not_listed(root: Client, people: list[Profile]) -> None:
    people[1].merged_into = people[0]
    people[1].save()
    assert "Annabel" not in listed(root)
    days = f"when_from={NOW.date()}&when_to={NOW.date()}"
    for person in people[:2]:
        make_move(person, "reach", "convert")
        make_move(person, "convert", "retain")
    recount(now=NOW)  # the pairs of stages that occur
    for query in ("?q=Ann", f"?moved_to=onward&{days}", f"?moved_from=convert&{days}"):
        assert [name.split()[0] for name in listed(root, query)] == ["Ann"], query
    assert listed(root, "?stage=convert") == listed(root, "?q=bel@") == []
    assert listed(root, f"?moved_from=convert&stage=convert&{days}") == []
    page = root.get(reverse("clm_customers:customer", args=(people[1].pk,)))
    assert page.status_code == 302
    assert page["Location"] == reverse("clm_customers:customer", args=(people[0].pk,))


def test_paging_stops_at_the_cap(
    root: Client, people: list[Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "CAP", 2)
    page = root.get(reverse("clm_customers:index")).content.decode()
    assert "More than 2" in page
    monkeypatch.setattr(paging, "CAP", 3)
    page = root.get(reverse("clm_customers:index")).content.decode()
    assert "3 entries" in page


def test_page_of_one(root: Client, people: list[Profile]) -> None:
    ann = people[0]
    make_campaign("tea", name="Tea time")
    make_event(ann, "product.viewed", product_id="1")
    make_receipt(ann, yes=False, rule="no_consent", inputs={"mail_consent": False})
    make_mail(ann, state="suppressed", reason="unsubscribed")
    make_credit(ann, order_id="100123", total_minor=3450, margin_minor=1200)
    make_move(ann, "retain", "loyal", cause="order.placed")
    Consent.objects.create(
        profile=ann, purpose="marketing", channel="mail", granted=False, changed_at=NOW
    )
    page = root.get(reverse("clm_customers:customer", args=(ann.pk,))).content.decode()
    for text in (
        "ann@example.com", "Loyal", "Viewed “Larkspur tea tin”", "No consent to mail",
        "The person has not agreed to marketing mail.", "Tea time", "unsubscribed",
        "Order 100123, £34.50", "because of an order", "from Retain", "£50.00",
    ):  # fmt: skip
        assert text in page, text


def test_nobody(root: Client) -> None:
    assert root.get(reverse("clm_customers:customer", args=(404404,))).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "~", "2026-11-21T12:00:00~no", "9999~1", "%00~%00"])
def test_a_broken_cursor_is_the_newest_page(
    root: Client, people: list[Profile], cursor: str
) -> None:
    make_event(people[0], "search.made", query="tea")
    url = reverse("clm_customers:customer", args=(people[0].pk,))
    assert "Searched for “tea”" in root.get(f"{url}?older={cursor}").content.decode()


def test_older_events_by_following_the_link(root: Client, people: list[Profile]) -> None:
    for n in range(60):
        make_event(people[0], "search.made", at=NOW - timedelta(minutes=n), query=f"word{n}")
    url = reverse("clm_customers:customer", args=(people[0].pk,))
    found: list[str] = []
    query = ""
    for _ in range(3):
        page = root.get(url + query).content.decode()
        found += re.findall(r"“(word\d+)”", page)
        link = re.search(r'href="(\?older=[^#"]+)', page)
        query = link.group(1) if link else ""
    assert found == [f"word{n}" for n in range(60)]
    assert query == ""


def test_a_shop_that_does_not_load_costs_names_only(
    root: Client, people: list[Profile], settings: Settings
) -> None:
    make_event(people[0], "product.viewed", product_id="1")
    settings.CLM = {**settings.CLM, "SHOP": "no.such.Shop"}
    url = reverse("clm_customers:customer", args=(people[0].pk,))
    assert "Viewed product 1" in root.get(url).content.decode()
