"""``POST /clm/bundle``: everything into the basket in one click."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.rest.conftest import USER_AGENT

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def test_adds_all_and_answers_in_json(shopper: Client) -> None:
    response = shopper.post("/clm/bundle", {"product": ["1", "2", "32", "2"]}, headers=JSON)
    assert response.status_code == 200
    assert response.json() == {
        "added": ["1", "2", "32"],
        "refused": [],
        "message": "3 products are in your basket.",
        "basket_url": "/basket/",
    }
    assert shopper.session["basket"] == {"1": 1, "2": 1, "32": 1}


def test_a_plain_form_leads_to_the_basket(shopper: Client) -> None:
    response = shopper.post("/clm/bundle", {"product": ["1", "2"]})
    assert (response.status_code, response["Location"]) == (303, "/basket/")


def test_twice_changes_nothing(shopper: Client) -> None:
    for _ in range(2):
        shopper.post("/clm/bundle", {"product": ["1"]}, headers=JSON)
    assert shopper.session["basket"] == {"1": 1}


def test_says_what_is_left_out(shopper: Client) -> None:
    answer = shopper.post("/clm/bundle", {"product": ["1", "5"]}, headers=JSON).json()
    assert answer["refused"] == [{"id": "5", "why": "sold out"}]
    nothing = shopper.post("/clm/bundle", {"product": ["5"]}, headers=JSON)
    assert nothing.status_code == 409
    assert nothing.json()["added"] == []


@pytest.mark.parametrize(
    ("ids", "status"),
    [([], 400), (["1"] * 12, 200), (["1"] * 13, 400), (["x" * 65], 400), (["\x00"], 400)],
)
def test_limits(shopper: Client, ids: list[str], status: int) -> None:
    assert shopper.post("/clm/bundle", {"product": ids}, headers=JSON).status_code == status


def test_needs_the_token_of_the_shop() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"User-Agent": USER_AGENT})
    assert strict.post("/clm/bundle", {"product": ["1"]}).status_code == 403


def test_only_post(shopper: Client) -> None:
    assert shopper.get("/clm/bundle").status_code == 405
