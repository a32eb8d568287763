"""What was given by mistake is taken back on the customer's page; the list of offers is a file."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin import clock
from clm_plugin.models import Offer, OfferCode, OfferGrant
from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect
from tests.console.test_exports import raw
from tests.console.test_offers import page, published
from tests.offers.plans import person, plan, publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    return published("ten")


def given(key: str = "ten") -> OfferGrant:
    now = clock.now()
    grant = offers.grant_offer(
        profile_id=person("ann@example.com"), offer=key, key=f"k{key}", reason="by mistake", now=now
    )
    return OfferGrant.objects.get(pk=grant.id)


def her_page(client: Client, grant: OfferGrant) -> str:
    return page(client, reverse("clm_customers:customer", args=(grant.profile_id,)))


def back(grant: OfferGrant) -> str:
    return reverse("clm_offers:take_back", args=(grant.pk,))


def test_what_was_given_by_mistake_is_taken_back_with_its_code(root: Client, offer: Offer) -> None:
    grant = given()
    offers.code_for(grant.pk)
    assert back(grant) in her_page(root, grant)
    assert "ann@example.com can no longer use it" in page(root, back(grant))
    answer = root.post(back(grant), {"reason": "wrong customer"})
    assert answer.status_code == 302
    grant.refresh_from_db()
    assert grant.revoke_reason == "wrong customer"
    assert OfferCode.objects.get().revoked_at
    hers = her_page(root, grant)
    assert back(grant) not in hers
    assert "taken back: wrong customer" in hers
    assert "nothing to take back" in page(root, back(grant))
    entry = ModelLogEntry.objects.get(action="clm_plugin.take_back")
    assert entry.data["grant"] == grant.pk
    again = root.post(back(grant), {"reason": "twice"}, follow=True).content.decode()
    assert "nothing was changed" in again
    assert ModelLogEntry.objects.filter(action="clm_plugin.take_back").count() == 1


def test_what_an_order_used_stays_used(root: Client, offer: Offer) -> None:
    grant, now = given(), clock.now()
    code = offers.code_for(grant.pk)
    offers.reserve(code=code, profile_id=grant.profile_id, order_id="1", now=now, until=now)
    offers.confirm("1", now=now)
    assert back(grant) not in her_page(root, grant)
    assert "nothing to take back" in page(root, back(grant))
    root.post(back(grant), {"reason": "all the same"})
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_a_pass_that_runs_ends_now(root: Client) -> None:
    publish(plan("pass", effect=Effect(kind="trial", entitlement="free_shipping", days=30)))
    grant, now = given("pass"), clock.now()
    offers.accept(grant.pk, now=now)
    assert offers.has_passes(now)
    assert "it will end now" in page(root, back(grant))
    root.post(back(grant), {"reason": "abuse"})
    assert not offers.has_passes(clock.now())


def test_who_may_not_give_takes_nothing_back(log_in: Callable[..., Client], offer: Offer) -> None:
    grant = given()
    client = log_in("view_offer", "view_profile")
    assert back(grant) not in her_page(client, grant)
    assert client.post(back(grant), {"reason": "no"}).status_code in (302, 403)
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_the_list_of_offers_is_a_file_of_numbers(root: Client, offer: Offer) -> None:
    published("idle")
    grant, now = given(), clock.now()
    code = offers.code_for(grant.pk)
    offers.reserve(
        code=code, profile_id=grant.profile_id, order_id="1", now=now, until=now,
        discount_minor=1_50,
    )  # fmt: skip
    offers.confirm("1", now=now)
    text = raw(root, reverse("clm_offers:list", query={"export": "1"})).decode("utf-8-sig")
    rows = {row["offer"]: row for row in csv.DictReader(io.StringIO(text))}
    used = rows["ten"]
    assert [used[name] for name in ("granted", "codes", "reserved", "used", "discount")] == [
        "1", "1", "0", "1", "1.500",
    ]  # fmt: skip
    assert [rows["idle"][name] for name in ("granted", "used", "discount")] == ["0", "0", ""]
    assert used["currency"] == "GBP"
    shown = offers.figures()["ten"]
    for name in ("granted", "accepted", "codes", "codes_free", "codes_revoked", "reserved", "used"):
        assert used[name] == str(getattr(shown, name)), f"the page says another {name}"
    assert "export=1" in page(root, reverse("clm_offers:list"))
