"""Codes over HTTP: one answer to every wrong one, one order per code."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import profile_id_of
from tests.factories import NOW
from tests.offers.plans import person, plan, publish
from tests.offers.test_people import join, known
from tests.rest.api.test_api import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> int:
    return person("ada@example.com")


@pytest.fixture
def code(settings: Any, ada: int) -> str:
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    publish(plan("ten"))
    grant = offers.grant_offer(profile_id=ada, offer="ten", key="g", reason="a test", now=NOW)
    return offers.code_for(grant.id, now=NOW)


def test_a_code_is_one_orders_alone(ada: int, code: str) -> None:
    till = Caller("add_redemption")
    typed = {"code": f" {code[:5].lower()}-{code[5:]} ", "profile": ada}
    checked = till("post", "/codes/check/", {**typed, "order_id": "o1"}).json()
    assert (checked["ok"], checked["code"], checked["offer"]) == (True, code, "ten")
    first = till("post", "/codes/reserve/", {**typed, "order_id": "o1", "discount_minor": 250})
    again = till("post", "/codes/reserve/", {**typed, "order_id": "o1", "discount_minor": 250})
    assert (first.status_code, again.status_code) == (201, 200)
    other = till("post", "/codes/reserve/", {**typed, "order_id": "o2"})
    assert (other.status_code, other.json()["code"]) == (409, "taken")
    assert till("post", "/codes/free/", {"order_id": "o1"}).json() == {"freed": 1}
    assert till("post", "/codes/reserve/", {**typed, "order_id": "o2"}).status_code == 201
    done = till("post", "/codes/confirm/", {"order_id": "o2"}).json()
    assert [each["state"] for each in done["confirmed"]] == ["confirmed"]
    used = till("post", "/codes/check/", typed).json()
    assert (used["ok"], used["reason"]) == (False, "used")


def test_every_wrong_code_has_one_answer(ada: int, code: str) -> None:
    till = Caller("add_redemption")
    stranger = person("eve@example.com")
    wrong = [
        {"code": "NOSUCHCODE", "profile": ada, "customer": "a"},
        {"code": code, "profile": stranger, "customer": "b"},
        {"code": code, "customer": "c"},
        {"code": "'; DROP TABLE", "profile": ada, "customer": "d"},
    ]
    answers = [till("post", "/codes/check/", body) for body in wrong]
    assert {each.content for each in answers} == {answers[0].content}
    refused = till("post", "/codes/reserve/", {"code": code, "profile": stranger, "order_id": "o"})
    assert (refused.status_code, refused.json()["code"]) == (404, "refused")


def test_nobody_uses_codes_without_leave(code: str) -> None:
    assert Caller("view_account")("post", "/codes/check/", {"code": code}).status_code == 403


def test_a_till_that_noted_who_she_was_before_a_merge_finds_her_and_her_limit(
    settings: Any,
) -> None:
    """Her old id would have a limit of its own again, and none of her codes."""
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    publish(plan("ten", limits={"per_profile": 1}))
    old, new = known("visitor:1"), known("customer:1")
    grant = offers.grant_offer(profile_id=new, offer="ten", key="g", reason="", now=NOW)
    public = offers.make_public_code(offer="ten", text="SPRING26", now=NOW).code
    join("visitor:1", "customer:1")
    till = Caller("add_redemption")
    merged = new if profile_id_of("customer:1") == old else old
    hers = {"code": offers.code_for(grant), "profile": merged}
    assert till("post", "/codes/check/", hers).json()["ok"]
    assert till("post", "/codes/reserve/", {**hers, "order_id": "o1"}).status_code == 201
    again = {"code": public, "profile": merged, "order_id": "o2"}
    assert till("post", "/codes/reserve/", again).json()["code"] == "limit_reached"
    nobody = {"code": public, "profile": 10**9, "order_id": "o3"}
    answer = till("post", "/codes/reserve/", nobody)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["profile"])
