"""Links that apply an offer: bound, ended, forwarded, scanned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.test import Client
from django.urls import reverse

from clm_plugin import pipeline
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferGrant
from clm_plugin.offers.plan import Effect
from clm_plugin.profiles.api import profile_id_of
from clm_plugin.testing.clock import FrozenClock
from tests.factories import NOW, new, store
from tests.offers.plans import LATER, plan, publish

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings: Any) -> Any:
    with FrozenClock(NOW) as frozen:
        yield frozen


@pytest.fixture
def her(django_user_model: Any) -> Any:
    return customer(django_user_model, "hermione")


def customer(users: Any, name: str) -> Any:
    user = users.objects.create_user(name, f"{name}@example.com", "x")
    store(new("customer.registered", f"customer:{user.pk}", email=user.email))
    pipeline.drain(now=NOW)
    return user


def pid(user: Any) -> int:
    return profile_id_of(f"customer:{user.pk}") or 0


def browser(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def link(user: Any, **fields: Any) -> str:
    publish(plan(**fields))
    grant = offers.grant_offer(profile_id=pid(user), offer="ten", key="k", reason="", now=NOW)
    return offers.signed_link(grant)


def test_a_look_changes_nothing_and_a_press_makes_the_code(her: User, clock: Any) -> None:
    url = link(her)
    for client in (browser(her), browser()):
        for method in (client.get, client.head):
            assert method(url).status_code == 200
    assert not OfferCode.objects.exists()
    assert OfferGrant.objects.get().accepted_at is None
    client = browser(her)
    for _ in range(2):
        answer = client.post(url)
        assert answer.status_code == 200
    code = OfferCode.objects.get().text
    assert offers.shown_code(code) in answer.content.decode()
    request = answer.wsgi_request
    request.session = client.session
    assert offers.remembered_codes(request) == (code,)
    offers.forget_code(request, code)
    assert offers.remembered_codes(request) == ()
    assert answer["Cache-Control"] == "no-store"


def test_a_forwarded_link_gives_a_stranger_nothing_and_says_so(
    her: User, django_user_model: Any, clock: Any
) -> None:  # case 6
    url = link(her)
    for client in (browser(), browser(customer(django_user_model, "bob"))):
        seen, pressed = client.get(url), client.post(url)
        assert (seen.status_code, pressed.status_code) == (200, 403)
        for page in (seen, pressed):
            text = page.content.decode()
            assert "made to one customer" in text
            assert "hermione" not in text
            assert "Use this offer" not in text
    assert not OfferCode.objects.exists()
    assert OfferGrant.objects.get().accepted_at is None


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=400)])
def test_what_has_ended_says_when_with_its_zone(
    her: User, clock: Any, after: timedelta
) -> None:  # cases 20, 36
    url = link(her, closes_at=LATER, zone="America/New_York")
    clock.at = LATER + after
    answer = browser(her).post(url)
    assert answer.status_code == 410
    assert "07:30 (EST)" in answer.content.decode()
    assert not OfferCode.objects.exists()


def test_what_was_used_or_taken_back_says_so(her: User, clock: Any) -> None:
    url = link(her)
    code = offers.code_for(OfferGrant.objects.get().pk)
    offers.reserve(code=code, profile_id=pid(her), order_id="1", now=NOW, until=LATER)
    offers.confirm("1", now=NOW)
    assert "You have used this offer" in browser(her).get(url).content.decode()
    offers.free("1", now=NOW)
    offers.revoke_grant(OfferGrant.objects.get().pk, reason="x", now=NOW)
    answer = browser(her).get(url)
    assert (answer.status_code, "no longer open" in answer.content.decode()) == (410, True)


_SALT = "clm_plugin.offers.link"
_FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "noise": lambda: "x",
    "like ours": lambda: "a:b:c",
    "zero": lambda: "\x00",
    "other purpose": lambda: signing.dumps({"g": 1, "e": 9999999999}),
    "no end": lambda: signing.dumps({"g": 1}, salt=_SALT),
    "a list": lambda: signing.dumps([1], salt=_SALT),
    "text": lambda: signing.dumps({"g": "1", "e": 9999999999}, salt=_SALT),
    "far end": lambda: signing.dumps({"o": "ten", "e": 10**30}, salt=_SALT),
}


@pytest.mark.parametrize("kind", sorted(_FORGED))
def test_a_link_that_we_did_not_make_is_none(kind: str, clock: Any) -> None:
    publish(plan())
    token = _FORGED[kind]()
    url = reverse("clm:offer", args=["x"])[:-1] + token
    assert browser().get(url).status_code == 404
    assert offers.read_link(token) is None


def test_an_open_link_gives_whoever_is_known_one_grant(her: User, clock: Any) -> None:
    publish(plan())
    url = offers.open_link("ten", ends_at=LATER)
    page = browser().get(url).content.decode()
    assert "Log in first" in page
    assert f'href="{redirect_to_login(url).url}"' in page, "she comes back to it"
    assert browser().post(url).status_code == 403
    for _ in range(2):
        answer = browser(her).post(url)
        assert answer.status_code == 200
        assert "Log in" not in answer.content.decode()
    grant = OfferGrant.objects.get()
    assert (grant.profile_id, grant.source) == (pid(her), "link")
    clock.at = LATER
    assert browser(her).get(url).status_code == 410


def test_a_pass_starts_with_the_press(her: User, clock: Any) -> None:
    effect = Effect(kind="trial", entitlement="free_shipping", days=7)
    url = link(her, effect=effect, given="grant")
    assert "It is yours from now on" in browser(her).post(url).content.decode()
    assert offers.entitlements(pid(her), NOW).free_shipping_until is not None


def test_a_press_needs_its_own_page(her: User, clock: Any) -> None:
    url = link(her)
    client = Client(enforce_csrf_checks=True)
    client.force_login(her)
    assert client.post(url).status_code == 403
    assert OfferGrant.objects.get().accepted_at is None
