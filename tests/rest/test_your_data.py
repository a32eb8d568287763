"""The page "Your data": about the logged-in customer and nobody else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from clm_plugin import pipeline
from clm_plugin.clock import now
from clm_plugin.models import Consent, ConsentText, Erasure, Event, Facts, Profile
from clm_plugin.profiles.api import profile_id_of
from tests.factories import days, new, store, viewed

pytestmark = pytest.mark.django_db
URL = "/clm/you/"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def customer(django_user_model: Any) -> Callable[..., tuple[Client, str]]:
    def make(name: str = "ann", *, password: str | None = "secret") -> tuple[Client, str]:
        user = get_user_model().objects.create_user(
            username=name, email=f"{name}@example.com", password=password
        )
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        me = f"customer:{user.pk}"
        store(viewed(me, f"{name}-product", now() - days(1)), at=now() - days(1))
        pipeline.drain(now=now())
        return client, me

    return make


Make = Callable[..., tuple[Client, str]]


def test_a_stranger_is_sent_to_the_login(client: Client) -> None:
    for method in (client.get, client.post):
        response = method(URL)
        assert response.status_code == 302
        assert "login" in response["Location"]


def test_the_page_is_kept_by_no_cache_and_shows_what_holds(customer: Make, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "SOFT_OPT_IN": False}
    client, _ = customer()
    response = client.get(URL)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    page = response.content.decode()
    assert 'name="analytics" value="1" checked' in page
    assert 'name="marketing_mail" value="1">' in page


def test_what_she_changes_is_written_down_with_the_words(customer: Make, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "SOFT_OPT_IN": False}
    client, _ = customer()
    client.post(URL, {"do": "consent", "analytics": "1", "marketing_mail": "1"})
    pipeline.drain(now=now() + days(1))
    rows = {(c.purpose, c.channel): c for c in Consent.objects.all()}
    assert set(rows) == {("personalisation", ""), ("marketing", "mail")}, "the rest was so before"
    mail = rows["marketing", "mail"]
    assert (mail.granted, mail.source) == (True, "account_page")
    text = ConsentText.objects.get(pk=mail.proof["text"])
    assert text.text == "Write me mails with offers and reminders."
    assert not rows["personalisation", ""].granted
    assert client.cookies["clm_c"].value == "a"
    client.post(URL, {"do": "consent"})
    assert client.cookies["clm_c"].value == "0"


def test_she_gets_her_own_data_and_nobody_elses(customer: Make) -> None:
    ann, _ = customer("ann")
    bob, _ = customer("bob")
    response = ann.post(URL, {"do": "export", "profile": "2", "who": "customer:2"})
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    told = archive.read("data.json").decode()
    assert "ann-product" in told
    assert "bob" not in told
    assert bob.get(URL).status_code == 200


def test_of_whom_nothing_is_known_there_is_nothing(client: Client) -> None:
    user = get_user_model().objects.create_user(username="new", email="n@example.com")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Nothing is known of you." in client.get(URL).content.decode()
    assert client.post(URL, {"do": "export"}).status_code == 302
    assert client.post(URL, {"do": "erase", "proof": "n@example.com"}).status_code == 302
    assert not Erasure.objects.exists()


def test_exports_are_throttled_for_her_alone(customer: Make) -> None:
    ann, _ = customer("ann")
    bob, _ = customer("bob")
    for _number in range(5):
        assert ann.post(URL, {"do": "export"}).status_code == 200
    refused = ann.post(URL, {"do": "export"})
    assert (refused.status_code, refused["Retry-After"]) == (302, "3600")
    assert bob.post(URL, {"do": "export"}).status_code == 200


@pytest.mark.parametrize("proof", ["", "wrong", "ann@example.com"])
def test_without_her_password_nobody_is_erased(customer: Make, proof: str) -> None:
    client, me = customer()
    response = client.post(URL, {"do": "erase", "proof": proof})
    assert response.status_code == 422
    assert "open" in response.content.decode()
    assert profile_id_of(me) is not None


def test_by_her_password_she_is_forgotten_and_the_device_too(customer: Make) -> None:
    client, me = customer()
    client.cookies["clm_v"] = "a" * 32
    response = client.post(URL, {"do": "erase", "proof": "secret"})
    assert response.status_code == 302
    assert response.cookies["clm_v"]["max-age"] == 0
    assert profile_id_of(me) is None
    assert not Event.objects.filter(actor=me).exists()
    assert Erasure.objects.get().asked_by == "account"
    assert get_user_model().objects.filter(username="ann").exists(), "the account is the shop's"
    store(viewed(me, "9", now()))
    pipeline.drain(now=now() + days(1))
    assert not Facts.objects.exists(), "the session that is still open is no return"


def test_without_a_password_her_address_proves_it(customer: Make) -> None:
    client, me = customer(password=None)
    assert client.post(URL, {"do": "erase", "proof": "bob@example.com"}).status_code == 422
    assert client.post(URL, {"do": "erase", "proof": " ANN@example.com "}).status_code == 302
    assert profile_id_of(me) is None


def test_guesses_are_throttled(customer: Make) -> None:
    client, me = customer()
    for _number in range(5):
        assert client.post(URL, {"do": "erase", "proof": "guess"}).status_code == 422
    assert client.post(URL, {"do": "erase", "proof": "secret"}).status_code == 302
    assert profile_id_of(me) is not None


def test_another_sites_form_does_nothing(customer: Make) -> None:
    client, me = customer()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(URL, {"do": "erase", "proof": "secret"}).status_code == 403
    assert profile_id_of(me) is not None


def test_staff_who_pose_as_her_see_nothing(customer: Make) -> None:
    client, _ = customer()
    session = client.session
    session["hijack_history"] = ["1"]
    session.save()
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"do": "export"}).status_code == 403


def test_get_changes_nothing(customer: Make) -> None:
    client, _ = customer()
    client.get(URL, {"do": "erase", "proof": "secret"})
    client.get(URL, {"do": "consent"})
    assert Profile.objects.count() == 1
    assert not Event.objects.filter(type__startswith="consent.").exists()


def test_after_an_erasure_a_new_login_is_known_anew(customer: Make) -> None:
    client, me = customer()
    client.post(URL, {"do": "erase", "proof": "secret"})
    later = now() + days(1)
    store(new("customer.logged_in", me, later, email="ann@example.com"), at=later)
    pipeline.drain(now=later)
    assert profile_id_of(me) is not None
