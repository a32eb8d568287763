"""What is said before an offer or a programme goes offline, and what its uses lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from clm_plugin.models import CodeBatch, Offer
from clm_plugin.offers import api as offers
from tests.console.makers import make_campaign, make_person
from tests.console.programmes import publish
from tests.console.test_offers import page, published, url
from tests.factories import NOW
from tests.wallet.ledger import TEA, give

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    return published("ten")


def test_who_takes_an_offer_offline_reads_what_hands_it_out(root: Client, offer: Offer) -> None:
    text = page(root, url("unpublish", offer))
    assert "Nobody can be given it or use it" in text
    assert "campaigns hand it out" not in text
    assert "referenced" not in text, "campaigns name it by key, which no index of Wagtail's sees"
    carrier, other = make_campaign("carrier"), make_campaign("other")
    mail = {"subject": "S", "preheader": "", "heading": "H", "body": "<p>B</p>", "button": "Go"}
    carrier.steps = [("mail", {**mail, "show_basket": True, "offer": "ten"})]
    carrier.save_revision().publish()
    text = page(root, url("unpublish", offer))
    assert reverse("clm_campaigns:edit", args=(carrier.pk,)) in text
    assert reverse("clm_campaigns:edit", args=(other.pk,)) not in text


def test_who_takes_a_programme_offline_reads_what_is_owed_and_which_offers_give_it(
    root: Client,
) -> None:
    programme = publish(TEA)
    address = reverse("clm_programmes:unpublish", args=(programme.pk,))
    text = page(root, address)
    assert "can be spent to its last day" in text
    assert "Owed now" not in text
    give(make_person().pk, 12_34)
    assert "Owed now: £12.34, to 1 customer." in page(root, address)
    gives = Offer(key="five", name="Five on us", title="Five on us", live=False)
    gives.effect = [("store_credit", {"amount": 5, "programme": TEA, "days": None})]
    gives.save()
    gives.save_revision().publish()
    offers.forget_offers()
    text = page(root, address)
    assert "These offers give its credit" in text
    assert url("page", gives) in text


def test_where_nothing_can_be_revoked_it_says_so(root: Client, offer: Offer) -> None:
    batch = offers.start_batch(offer="ten", wanted=2, now=NOW)
    address = f"{url('revoke', offer)}?batch={batch.pk}"
    assert "no longer work" in page(root, address), "what is still being made can be stopped"
    offers.make_codes(batch.pk, now=NOW)
    offers.revoke_codes(batch=batch.pk, reason="leaked", now=NOW)
    assert CodeBatch.objects.get(pk=batch.pk).state == "revoked"
    text = page(root, address)
    assert "nothing to take back" in text
    assert url("page", offer) in text
    assert 'name="reason"' not in text
