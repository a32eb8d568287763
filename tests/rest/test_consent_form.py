"""The banner's answers: all, nothing, or some; by script, and by a plain form without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from clm_plugin.models import ConsentText, Event
from tests.rest.conftest import USER_AGENT, page_event

if TYPE_CHECKING:
    from tests.rest.conftest import Send

pytestmark = pytest.mark.django_db


def answers() -> list[tuple[str, list[str]]]:
    rows = Event.objects.filter(type__startswith="consent.").order_by("id")
    return [(row.type.partition(".")[2], row.payload["purposes"]) for row in rows]


def press(client: Client, **form: str) -> Any:
    return client.post(
        "/clm/consent",
        urlencode(form),
        content_type="application/x-www-form-urlencoded",
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT},
    )


@pytest.mark.parametrize(
    ("said", "cookie", "told"),
    [
        ({"analytics": True, "personalisation": True}, "1",
         [("given", ["analytics", "personalisation"])]),
        ({"analytics": True, "personalisation": False}, "a",
         [("given", ["analytics"]), ("withdrawn", ["personalisation"])]),
        ({"analytics": False, "personalisation": True}, "1",
         [("given", ["analytics", "personalisation"])]),
        ({"analytics": False, "personalisation": False}, "0", []),
    ],
)  # fmt: skip
def test_some_of_it(send: Send, said: dict[str, bool], cookie: str, told: list[Any]) -> None:
    response = send("/clm/consent", said)
    assert response.cookies["clm_c"].value == cookie
    assert not response.cookies["clm_c"]["httponly"], "the page's script goes by it"
    assert answers() == told
    assert response.json()["analytics"] is (cookie != "0")


@pytest.mark.parametrize("missing", ["analytics", "personalisation"])
def test_half_an_answer_is_none(send: Send, missing: str) -> None:
    body = {"analytics": True, "personalisation": True}
    del body[missing]
    response = send("/clm/consent", body)
    assert (response.status_code, response.json()["field"]) == (400, missing)


@pytest.mark.parametrize(
    ("form", "cookie"),
    [
        ({"answer": "accept"}, "1"),
        ({"answer": "refuse", "analytics": "1"}, "0"),
        ({"answer": "choose"}, "0"),
        ({"answer": "choose", "analytics": "1"}, "a"),
        ({"answer": "choose", "personalisation": "1"}, "1"),
    ],
)
def test_without_a_script_the_form_does_it(
    client: Client, form: dict[str, str], cookie: str
) -> None:
    response = press(client, **form, next="/catalogue/?page=2")
    assert (response.status_code, response["Location"]) == (303, "/catalogue/?page=2")
    assert response.cookies["clm_c"].value == cookie
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "next_", ["", "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_it_leads_nowhere_else(client: Client, next_: str) -> None:
    assert press(client, answer="accept", next=next_)["Location"] == "/"


def test_a_form_of_another_site_answers_nothing(client: Client) -> None:
    response = client.post(
        "/clm/consent", {"answer": "accept"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 403
    assert not response.cookies


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_unknown_answer_is_refused(client: Client, answer: str) -> None:
    assert press(client, answer=answer).status_code == 400


def test_the_words_she_saw_are_the_proof(client: Client) -> None:
    import re

    from django.template import Context, Template

    page = Template("{% load clm %}{% clm_consent_banner %}").render(Context())
    shown = re.search(r'name="text" value="(\w{64})"', page)
    assert shown
    press(client, answer="accept", text=shown[1], text_version="1")
    proof = Event.objects.get().payload["proof"]
    assert proof == {"text": shown[1], "language": "en"}
    text = ConsentText.objects.get(pk=shown[1]).text
    assert "Your privacy here" in text
    assert "Refuse all" in text


def test_words_of_the_shops_own_are_named_by_their_hash(client: Client) -> None:
    press(client, answer="accept", text="f" * 64, text_version="2026-11")
    payload = Event.objects.get().payload
    assert payload["proof"] == {"text": "f" * 64}
    assert payload["text_version"] == "2026-11"
    assert not ConsentText.objects.exists()


def test_who_lets_us_measure_only_is_measured_and_gets_what_everybody_gets(
    send: Send, settings: Any
) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    send("/clm/consent", {"analytics": True, "personalisation": False})
    assert send("/clm/e", {"events": [page_event()]}).json()["stored"] == 1
    answer = send("/clm/d", {"slots": [{"name": "overlay"}]})
    assert answer.json() == {"slots": {}, "arm": []}
