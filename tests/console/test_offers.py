"""Offers in the console: numbers, codes in bulk, export, revocation, giving one by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin import clock, tasks
from clm_plugin.models import CodeAlarm, CodeBatch, Offer, OfferCode, OfferGrant, Profile
from clm_plugin.offers import api as offers
from tests.factories import NOW
from tests.offers.plans import LATER, person

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> Offer:
    return published("ten")


def published(key: str, **fields: Any) -> Offer:
    found = Offer(key=key, name=key.title(), title=f"{key} off", live=False, **fields)
    found.effect = [("percent", {"percent": 10, "most": None})]
    found.save()
    found.save_revision().publish()
    offers.forget_offers()
    return found


def url(name: str, offer: Offer) -> str:
    return reverse(f"clm_offers:{name}", args=(offer.pk,))


def page(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_codes_are_asked_for_and_made_and_the_page_shows_how_far(
    root: Client, offer: Offer
) -> None:
    answer = root.post(url("make", offer), {"wanted": 60, "name": "Leaflet"})
    assert answer.status_code == 302
    text = page(root, url("page", offer))
    assert "0 of 60 made" in text
    assert 'http-equiv="refresh"' in text
    tasks.make_codes()
    text = page(root, url("page", offer))
    assert "60 codes, 60 unused, 0 used" in text
    assert 'http-equiv="refresh"' not in text
    assert "Older" in text, "fifty a page"
    entry = ModelLogEntry.objects.get(action="clm_plugin.make_codes")
    assert entry.data["wanted"] == 60


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"wanted": 0}, "greater than or equal to 1"),
        ({"wanted": 1_000_001}, "less than or equal to 1000000"),
        ({"wanted": 5, "expires_at": "2020-01-01 00:00"}, "in the future"),
    ],
)
def test_what_cannot_be_made_is_said(
    root: Client, offer: Offer, fields: dict[str, Any], told: str
) -> None:
    answer = root.post(url("make", offer), fields)
    assert told in answer.content.decode()
    assert not CodeBatch.objects.exists()


def test_a_draft_has_no_codes(root: Client) -> None:
    draft = Offer.objects.create(key="d", name="D", title="D", live=False)
    answer = root.post(url("make", draft), {"wanted": 1})
    assert "Publish the offer first" in answer.content.decode()


def test_codes_are_found_as_they_are_typed_and_by_state(root: Client, offer: Offer) -> None:
    batch = offers.start_batch(offer="ten", wanted=3, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    code = OfferCode.objects.order_by("pk").first()
    assert code is not None
    shown = offers.shown_code(code.text)
    assert page(root, url("page", offer), q=shown.lower()).count("<code>") == 1
    assert page(root, url("page", offer), q=code.text[:5]).count("<code>") >= 1
    assert "No code fits" in page(root, url("page", offer), q="XXXXXXXXXX")
    offers.reserve(code=code.text, profile_id=None, order_id="100", now=NOW, until=LATER)
    offers.confirm("100", now=NOW, order_minor=5_000)
    text = page(root, url("page", offer), state="used")
    assert shown in text
    assert "Order 100" in text
    assert "£50.00" in text


def test_an_export_has_every_code_and_is_on_the_record(root: Client, offer: Offer) -> None:
    batch = offers.start_batch(offer="ten", wanted=3, name="=cmd()", now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    mine = offers.grant_offer(profile_id=person(), offer="ten", key="k", reason="", now=NOW)
    offers.code_for(mine)
    answer: Any = root.post(url("codes_export", offer))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("code,state,batch,profile")
    assert len(lines) == 5
    assert all("'=cmd()" in line for line in lines[2:]), "a formula stays text"
    answer = root.post(url("codes_export", offer), {"batch": batch.pk})
    assert len(b"".join(answer.streaming_content).splitlines()) == 4
    assert ModelLogEntry.objects.filter(action="clm_plugin.export_list").count() == 2


@pytest.mark.parametrize(("chosen", "left"), [("code", 4), ("batch", 2), ("", 0)])
def test_revoking_says_first_what_it_will_do(
    root: Client, offer: Offer, chosen: str, left: int
) -> None:
    first, second = (offers.start_batch(offer="ten", wanted=n, now=NOW) for n in (3, 2))
    for batch in (first, second):
        offers.make_codes(batch.pk, now=NOW)
    code = OfferCode.objects.filter(batch=first).first()
    assert code is not None
    query = {"code": f"?code={code.pk}", "batch": f"?batch={first.pk}", "": ""}[chosen]
    address = url("revoke", offer) + query
    assert "no longer work" in page(root, address)
    assert "This field is required" in root.post(address, {"reason": ""}).content.decode()
    assert OfferCode.objects.filter(state="free").count() == 5
    assert root.post(address, {"reason": "leaked"}).status_code == 302
    assert OfferCode.objects.filter(state="free").count() == left
    assert ModelLogEntry.objects.get(action="clm_plugin.revoke").data["reason"] == "leaked"


def test_another_offers_code_is_not_there(root: Client, offer: Offer) -> None:
    other = published("other")
    batch = offers.start_batch(offer="other", wanted=1, now=NOW)
    assert root.get(url("revoke", offer) + f"?batch={batch.pk}").status_code == 404
    assert root.get(url("revoke", other) + f"?batch={batch.pk}").status_code == 200


def test_an_offer_is_given_by_hand_once_and_shown_on_her_page(root: Client, offer: Offer) -> None:
    her = Profile.objects.get(pk=person("ann@example.com"))
    address = reverse("clm_offers:give", args=(her.pk,))
    assert "Give it to ann@example.com" in page(root, address)
    body = {"offer": "ten", "reason": "late parcel", "key": "abc"}
    for _ in range(2):
        assert root.post(address, body).status_code == 302
    grant = OfferGrant.objects.get()
    assert (grant.profile_id, grant.reason, grant.source) == (her.pk, "late parcel", "manual")
    text = page(root, reverse("clm_customers:customer", args=(her.pk,)))
    assert offers.shown_code(OfferCode.objects.get().text) in text
    assert "late parcel" in text
    assert ModelLogEntry.objects.filter(action="clm_plugin.give_offer").count() == 1


def test_without_an_open_offer_it_says_what_to_do(root: Client) -> None:
    offers.forget_offers()
    address = reverse("clm_offers:give", args=(person(),))
    assert "No offer can be given now" in page(root, address)


def test_who_may_not_see_codes_sees_numbers_only(
    log_in: Callable[..., Client], offer: Offer
) -> None:
    her = person()
    grant = offers.grant_offer(profile_id=her, offer="ten", key="k", reason="", now=NOW)
    code = offers.shown_code(offers.code_for(grant))
    client = log_in("view_offer", "view_profile")
    text = page(client, url("page", offer)) + page(
        client, reverse("clm_customers:customer", args=(her,))
    )
    assert code not in text
    assert "Make codes" not in text
    assert "Revoke" not in text


def test_the_list_costs_the_same_however_many_offers_there_are(root: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            text = page(root, reverse("clm_offers:list"))
        assert "Per cent off" in text
        return len(caught)

    published("one")
    cost()
    few = cost()
    for number in range(5):
        published(f"more{number}")
    assert cost() <= few + 1


def test_an_editor_is_told_at_the_field_what_to_do(root: Client) -> None:
    answer = root.post(
        reverse("clm_offers:add"),
        {
            "name": "X", "key": "x", "title": "X", "currency": "GBP", "given": "code",
            "combines": "named", "priority": "50", "effect-count": "1", "effect-0-deleted": "",
            "effect-0-order": "0", "effect-0-type": "percent", "effect-0-id": "",
            "effect-0-value-percent": "10", "effect-0-value-most": "", "conditions-count": "0",
            "action-publish": "1",
        },
    )  # fmt: skip
    assert "Name at least one offer" in answer.content.decode()


def test_a_preview_is_what_a_shopper_reads(root: Client, offer: Offer, rf: Any) -> None:
    answer = offer.make_preview_request(rf.get("/"), "shopper")
    text = answer.content.decode()
    assert "ten off" in text
    assert "Use this offer" in text


def test_a_public_code_is_made_shown_and_revoked(root: Client, offer: Offer) -> None:
    assert "no limit in all" in page(root, url("public", offer))
    for typed, told in (("ab", "4 to 20 letters"), ("\u00e9t\u00e9 2026", "4 to 20 letters")):
        assert told in root.post(url("public", offer), {"text": typed}).content.decode()
    assert root.post(url("public", offer), {"text": "Spring-26"}).status_code == 302
    text = page(root, url("page", offer))
    assert "SPRING26" in text
    assert "used in 0 orders" in text
    again = root.post(url("public", offer), {"text": "SUMMER26"}).content.decode()
    assert "has the public code SPRING26" in again
    other = published("other")
    assert (
        "choose another word"
        in root.post(url("public", other), {"text": "5pring26"}).content.decode()
    )
    assert ModelLogEntry.objects.get(action="clm_plugin.make_codes").data["public"] == "SPRING26"
    offers.reserve(code="spring 26", profile_id=None, order_id="100", now=NOW, until=LATER)
    offers.confirm("100", now=NOW)
    text = page(root, url("page", offer))
    assert "used in 1 order" in text
    assert text.count("SPRING26") >= 3, "the card, the codes, the latest use"
    assert page(root, url("page", offer), q="spr").count("<code>") == 2
    found = offers.public_code_of("ten")
    assert found is not None
    address = url("revoke", offer) + f"?code={found.id}"
    assert "The code SPRING26 will no longer work" in page(root, address)
    assert root.post(address, {"reason": "leaked"}).status_code == 302
    assert offers.public_code_of("ten") is None


def test_a_draft_has_no_public_code(root: Client) -> None:
    draft = Offer.objects.create(key="d", name="D", title="D", live=False)
    answer = root.post(url("public", draft), {"text": "SPRING26"})
    assert "Publish the offer first" in answer.content.decode()


def test_health_tells_that_codes_are_guessed(root: Client) -> None:
    def health() -> str:
        return root.get(reverse("clm_health:index")).content.decode()

    assert "Codes of offers" not in health()
    now = clock.now()
    row = CodeAlarm.objects.create(hour=now, first_at=now, last_at=now, wrong=500)
    text = health()
    assert "500 wrong tries" in text
    assert "slowed down by itself" in text
    row.last_at = now - timedelta(days=2)
    row.save()
    assert "last guessed in bulk" in health()


def test_the_timeline_tells_of_offers(root: Client) -> None:
    from tests.console.test_sentences import tell

    assert tell("offer.granted", offer="ten", title="10 % off", source="campaign") == (
        "Was given the offer “10 % off”", "by a campaign"
    )  # fmt: skip
    assert tell("offer.expiring", offer="ten", title="10 % off", days=1) == (
        "The offer “10 % off” will end soon", ""
    )  # fmt: skip
    assert tell(
        "offer.redeemed", offer="ten", order_id="7", discount_minor=250, currency="GBP"
    ) == ("Used the offer “ten”", "order 7 · £2.50 off")
    for beside in ("code-MAY26-4", "grant-5"):
        assert tell("offer.redeemed", offer="pass", order_id=beside) == (
            "Used the offer “pass”", ""
        )  # fmt: skip
