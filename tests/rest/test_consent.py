"""``POST /clm/consent``: the shopper's own answer goes before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.models import Event
from tests.rest.conftest import page_event

if TYPE_CHECKING:
    from tests.rest.conftest import Send

pytestmark = pytest.mark.django_db


def test_yes_opens_and_no_closes(send: Send, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    page = {"events": [page_event()]}
    assert send("/clm/e", page).status_code == 204
    yes = send("/clm/consent", {"granted": True, "text_version": "2026-11"})
    assert yes.json() == {"granted": True, "analytics": True, "personalisation": True}
    assert yes.cookies["clm_c"].value == "1"
    assert send("/clm/e", page).json()["stored"] == 1
    no = send("/clm/consent", {"granted": False})
    assert no.cookies["clm_c"].value == "0"
    assert no.cookies["clm_v"]["max-age"] == 0, "the visitor cookie is taken away"
    assert send("/clm/e", page).status_code == 204
    given, _page, withdrawn = Event.objects.order_by("id")
    assert given.payload == {
        "purposes": ["analytics", "personalisation"],
        "place": "banner",
        "text_version": "2026-11",
        "proof": {},
    }
    assert withdrawn.type == "consent.withdrawn"
    assert given.actor == _page.actor == withdrawn.actor


def test_a_yes_goes_before_global_privacy_control(send: Send) -> None:
    send("/clm/consent", {"granted": True}, headers={"Sec-GPC": "1"})
    response = send("/clm/e", {"events": [page_event()]}, headers={"Sec-GPC": "1"})
    assert response.status_code == 200


def test_a_stranger_who_refuses_leaves_no_trace(send: Send) -> None:
    assert send("/clm/consent", {"granted": False}).status_code == 200
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "granted"),
        ({"granted": "yes"}, "granted"),
        ({"granted": 1}, "granted"),
        ({"granted": True, "text_version": 3}, "text_version"),
        ({"granted": True, "text_version": "x" * 65}, "text_version"),
        ({"granted": True, "text_version": "\ud800"}, "text_version"),
        (b"null", "body"),
    ],
)
def test_bad_answers_name_the_field(send: Send, body: Any, field: str) -> None:
    response = send("/clm/consent", body)
    assert (response.status_code, response.json()["field"]) == (400, field)
    assert not response.cookies


def test_other_sites_cannot_answer_for_her(send: Send) -> None:
    response = send("/clm/consent", {"granted": True}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
