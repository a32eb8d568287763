"""From the books to what credit is from: an order, a campaign, an offer, for who may open them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clm_plugin.models import Offer, Redemption
from clm_plugin.wallet.api import Source
from tests.console.makers import make_campaign, make_person
from tests.console.programmes import publish
from tests.console.test_ledger import account, url
from tests.console.test_offers import published
from tests.factories import NOW
from tests.wallet.ledger import days, give

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from clm_plugin.models import Profile

pytestmark = pytest.mark.django_db
SEE = ("view_profile", "view_account")


@pytest.fixture
def ann() -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


def given(person: Profile, kind: str, ref: str) -> None:
    give(person.pk, 500, source=Source(kind, ref), opens_at=NOW, expires_at=NOW + days(30))


@pytest.fixture
def pages(ann: Profile) -> list[str]:
    """Addresses of a campaign and of an offer that gave Ann credit."""
    campaign, offer = make_campaign(), published("ten")
    given(ann, "campaign", campaign.key)
    given(ann, "offer", offer.key)
    return [
        reverse("clm_campaigns:numbers", args=(campaign.pk,)),
        reverse("clm_offers:page", args=(offer.pk,)),
    ]


def test_credit_leads_to_the_campaign_and_the_offer_by_name(
    root: Client, ann: Profile, pages: list[str]
) -> None:
    for path in (url("index"), url("transactions"), url("account", account(ann).pk)):
        text = root.get(path).content.decode()
        assert "Campaign Tea time" in text, path
        assert "Offer Ten" in text, path
        for page in pages:
            assert f'href="{page}"' in text, path


def test_who_may_not_open_them_reads_the_names_only(
    log_in: Callable[..., Client], ann: Profile, pages: list[str]
) -> None:
    text = log_in(*SEE).get(url("account", account(ann).pk)).content.decode()
    assert "Campaign Tea time" in text
    assert "Offer Ten" in text
    for page in pages:
        assert page not in text


def test_the_page_costs_the_same_however_many_campaigns_gave_it(
    root: Client, ann: Profile, pages: list[str]
) -> None:
    path = url("account", account(ann).pk)
    root.get(path)
    with CaptureQueriesContext(connection) as few:
        root.get(path)
    for number in range(8):
        given(ann, "campaign", make_campaign(f"more{number}").key)
    with CaptureQueriesContext(connection) as many:
        root.get(path)
    assert len(many) == len(few)


def test_what_is_gone_keeps_its_key(root: Client, ann: Profile) -> None:
    given(ann, "campaign", "of-last-year")
    text = root.get(url("account", account(ann).pk)).content.decode()
    assert "Campaign of-last-year" in text


def test_the_empty_overview_leads_on(root: Client, log_in: Callable[..., Client]) -> None:
    text = root.get(url("index")).content.decode()
    assert f'href="{reverse("clm_programmes:list")}"' in _empty(text)
    assert url("give") not in _empty(text), "there is no programme to give of"
    publish("tea")
    text = _empty(root.get(url("index")).content.decode())
    assert "A programme is published" in text
    assert f'href="{url("give")}"' in text
    assert "clm-empty__action" not in log_in(*SEE).get(url("index")).content.decode()


def _empty(text: str) -> str:
    return text[text.index("No credit yet") :]


def _use(offer: Offer, order: str, **fields: Any) -> Redemption:
    given: dict[str, Any] = {"state": "confirmed", "day": NOW.date(), "currency": "GBP"}
    at = {"reserved_at": NOW, "until": NOW + days(1)}
    return Redemption.objects.create(offer=offer.key, order_id=order, **given | at | fields)


def test_a_use_leads_to_its_order_once_it_is_placed(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tests.widgets.gift_shop.GiftShop.staff_order_url", lambda _self, id: f"/staff/{id}/"
    )
    offer = published("ten")
    _use(offer, "101", state="reserved")
    for order in ("100", "code-7", "grant-5", "erased-0f"):
        _use(offer, order)
    text = root.get(reverse("clm_offers:page", args=(offer.pk,))).content.decode()
    assert 'href="/staff/100/"' in text
    assert "/staff/101/" not in text, "the shop has no such order yet"
    assert "Order 101" in text
    assert "Taken up with a code" in text
    assert re.search(r"Taken up\s*<", text)
    assert "An order of an erased customer" in text
    assert not [name for name in ("code-7", "grant-5", "erased-0f") if name in text]
