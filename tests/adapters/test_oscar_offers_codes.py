"""Codes in Oscar's voucher form."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.offers import api as offers
from clm_plugin.offers.guessing import MOST
from clm_plugin.offers.models import OfferCode, OfferGrant
from clm_plugin.offers.plan import Effect
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import code_of, give, publish, shopper
from tests.offers.plans import plan

pytestmark = pytest.mark.django_db
REFUSED = "This code cannot be used"


@pytest.fixture(autouse=True)
def _no_guesses_yet() -> None:
    cache.clear()


@pytest.fixture
def bob() -> tuple[Client, int]:
    """A logged-in shopper with a mug in her basket."""
    return visitor()


def visitor() -> tuple[Client, int]:
    user, profile_id = shopper()
    browser = Client()
    browser.force_login(user)
    put_in(browser)
    return browser, profile_id


def put_in(browser: Client) -> None:
    product = oscar.make_product(price=2000)
    browser.post(f"/basket/add/{product.pk}/", {"quantity": 1})


def said(browser: Client, code: str) -> str:
    """What the form answers, and nothing else of the page."""
    browser.post("/basket/vouchers/add/", {"code": code})
    told = browser.get("/basket/").context["messages"]
    return " ".join(str(each) for each in told)


def test_wrong_guesses_read_and_cost_the_same(bob: tuple[Client, int]) -> None:
    """Unknown, somebody else's, revoked, over, never one of ours."""
    publish(plan("ten"))
    _, ann = shopper()
    foreign = code_of(ann, "ten")
    browser, profile_id = bob
    grant = give(profile_id, "ten")
    revoked = offers.code_for(grant, now=clock.now())
    offers.revoke_grant(grant.id, reason="test", now=clock.now())
    said(browser, "FIRST")  # messages of adding the mug go with it
    answers, costs = set(), set()
    for text in ("NOSUCHCODE", foreign, revoked, "x", "A" * 90):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.post("/basket/vouchers/add/", {"code": text})
        costs.add(len(queries))
        answers.add(" ".join(str(e) for e in browser.get("/basket/").context["messages"]))
    assert len(answers) == 1
    assert answers.pop().startswith(REFUSED)
    assert len(costs) == 1


def test_after_too_many_guesses_a_right_code_is_refused_too(bob: tuple[Client, int]) -> None:
    publish(plan("ten"))
    browser, profile_id = bob
    code = code_of(profile_id, "ten")
    for number in range(MOST["account"]):
        browser.post("/basket/vouchers/add/", {"code": f"GUESS{number}"})
    assert REFUSED in said(browser, code)


def test_a_code_for_a_pass_is_booked_at_once_and_once(bob: tuple[Client, int]) -> None:
    effect = Effect(kind="trial", entitlement="free_shipping", days=7)
    publish(plan("pass", effect=effect, title="A week of free parcels"))
    browser, profile_id = bob
    batch = offers.start_batch(offer="pass", wanted=1, now=clock.now())
    offers.make_codes(batch.pk, now=clock.now())
    code = OfferCode.objects.get().text
    assert "is on your account" in said(browser, code)
    assert OfferGrant.objects.get().profile_id == profile_id
    assert offers.entitlements(profile_id, clock.now()).free_shipping_until is not None
    assert "has been used" in said(browser, code)
    assert not get_model("voucher", "Voucher").objects.exists()


def test_a_guest_is_asked_to_sign_in_for_what_an_account_holds() -> None:
    effect = Effect(kind="trial", entitlement="membership", days=7)
    publish(plan("club", effect=effect))
    batch = offers.start_batch(offer="club", wanted=1, now=clock.now())
    offers.make_codes(batch.pk, now=clock.now())
    browser = Client()
    put_in(browser)
    assert "Sign in first" in said(browser, OfferCode.objects.get().text)
    assert OfferCode.objects.get().state == OfferCode.State.FREE


def test_a_code_of_a_batch_is_anybodys_and_oscar_counts_it_once() -> None:
    publish(plan("ten", title="Ten"))
    batch = offers.start_batch(offer="ten", wanted=2, now=clock.now())
    offers.make_codes(batch.pk, now=clock.now())
    for code in OfferCode.objects.values_list("text", flat=True):
        browser = Client()
        put_in(browser)
        assert "is taken off" in said(browser, code)
        assert "already" in said(browser, code)
    vouchers = get_model("voucher", "Voucher").objects
    assert vouchers.count() == 2
    assert get_model("voucher", "VoucherSet").objects.get().name == "Ten"
    assert get_model("offer", "ConditionalOffer").objects.count() == 1


def test_a_kept_code_says_what_is_missing(bob: tuple[Client, int]) -> None:
    publish(plan("ten", conditions={"min_basket_minor": 5_000}))
    browser, profile_id = bob
    text = said(browser, code_of(profile_id, "ten"))
    assert "The code is kept" in text
    assert "£30.00 more" in text


def test_a_suspended_offer_is_not_open(bob: tuple[Client, int]) -> None:
    from clm_plugin.adapters.oscar import offers_memory

    publish(plan("ten"))
    browser, profile_id = bob
    code = code_of(profile_id, "ten")
    browser.get("/basket/")
    get_model("offer", "ConditionalOffer").objects.get().suspend()
    offers_memory.forget()
    assert "not open" in said(browser, code)


def test_a_shop_without_the_fork_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from oscar.apps.offer.applicator import Applicator

    from clm_plugin.adapters.oscar import shop

    assert OscarShop().supports_offers
    monkeypatch.setattr(shop, "applicator", lambda: Applicator)
    assert not OscarShop().supports_offers


def test_a_public_code_is_everybodys_and_one_voucher_of_oscars(bob: tuple[Client, int]) -> None:
    publish(plan("ten", title="Ten", limits={"total": 2}))
    offers.make_public_code(offer="ten", text="SPRING26", now=clock.now())
    browser, _ = bob
    other = Client()
    put_in(other)
    for visitor_ in (browser, other):
        assert "is taken off" in said(visitor_, "spr1ng 26")
        assert "already" in said(visitor_, "SPRING-26")
    voucher = get_model("voucher", "Voucher").objects.get()
    assert (voucher.code, voucher.usage) == ("SPRING26", "Multi-use")
    page = other.get("/basket/").content.decode()
    assert "SPRING26" in page
    assert "5PR1NG2G" not in page


def test_a_public_code_for_a_pass_is_booked_once_for_each_account() -> None:
    effect = Effect(kind="trial", entitlement="free_shipping", days=7)
    publish(plan("pass", effect=effect, title="A week of free parcels"))
    offers.make_public_code(offer="pass", text="FREEWEEK", now=clock.now())
    for _ in range(2):
        browser, profile_id = visitor()
        assert "is on your account" in said(browser, "freeweek")
        assert offers.entitlements(profile_id, clock.now()).free_shipping_until is not None
        assert "You have used this code" in said(browser, "freeweek")
    assert OfferGrant.objects.count() == 2
    assert offers.wrong_counters() == []


def test_a_public_code_cannot_be_spelled_like_a_voucher_of_the_shops() -> None:
    publish(plan("ten"))
    get_model("voucher", "Voucher").objects.create(
        name="Own", code="SPRING26", start_datetime=clock.now(), end_datetime=clock.now()
    )
    with pytest.raises(offers.CodeExists):
        offers.make_public_code(offer="ten", text="spring-26", now=clock.now())
    assert offers.make_public_code(offer="ten", text="SUMMER26", now=clock.now()).id
