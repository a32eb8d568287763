"""Codes over HTTP that give something beside orders: taken up on an account, never by an order."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Redemption
from clm_plugin.wallet import api as wallet
from tests.factories import NOW
from tests.offers.plans import person, plan, publish
from tests.offers.test_combined import credit, programme
from tests.rest.api.test_api import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(settings: Any) -> None:
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}


def code_for(pid: int, offer: str) -> str:
    grant = offers.grant_offer(profile_id=pid, offer=offer, key="g", reason="", now=NOW)
    return offers.code_for(grant, now=NOW)


def test_credit_is_taken_up_once_and_no_order_uses_its_code_up() -> None:
    programme()
    credit(given="code")
    ada, till = person(), Caller("add_redemption")
    typed = {"code": code_for(ada, "credit"), "profile": ada}
    checked = till("post", "/codes/check/", typed).json()
    assert (checked["ok"], checked["kind"]) == (True, "store_credit")
    order = till("post", "/codes/reserve/", {**typed, "order_id": "o1"})
    assert (order.status_code, order.json()["code"]) == (409, "wrong_use")
    named = till("post", "/codes/reserve/", {**typed, "order_id": "code-1"})
    assert (named.status_code, list(named.json()["errors"])) == (400, ["order_id"])
    assert till("post", "/codes/take-up/", typed).json()["ok"]
    assert wallet.balances(ada, now=NOW)[0].available_minor == 500
    again = till("post", "/codes/take-up/", typed).json()
    assert (again["ok"], again["reason"]) == (False, "used")
    assert wallet.balances(ada, now=NOW)[0].available_minor == 500
    assert wallet.verify(now=NOW, more=offers.CLAIMS).ok


def test_everybodys_code_is_taken_up_once_by_each() -> None:
    programme()
    credit(given="code")
    code = offers.make_public_code(offer="credit", text="TEATIME", now=NOW).code
    till, people = Caller("add_redemption"), [person(), person()]
    for pid in people:
        found = [till("post", "/codes/take-up/", {"code": code, "profile": pid}) for _ in range(2)]
        assert [each.json()["reason"] for each in found] == ["", "used"]
        assert wallet.balances(pid, now=NOW)[0].available_minor == 500
    assert Redemption.objects.count() == 2


def test_a_code_for_orders_is_not_used_up_by_taking_it_up() -> None:
    publish(plan("ten"))
    ada, till = person(), Caller("add_redemption")
    typed = {"code": code_for(ada, "ten"), "profile": ada}
    answer = till("post", "/codes/take-up/", typed)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_use")
    assert till("post", "/codes/reserve/", {**typed, "order_id": "o1"}).status_code == 201


def test_a_wrong_code_or_a_wrong_person_gives_nothing() -> None:
    programme()
    credit(given="code")
    ada, eve, till = person(), person(), Caller("add_redemption")
    hers = code_for(ada, "credit")
    for typed in ({"code": hers, "profile": eve}, {"code": "NOSUCHCODE", "profile": ada}):
        answer = till("post", "/codes/take-up/", typed).json()
        assert (answer["ok"], answer["reason"]) == (False, "refused")
    assert till("post", "/codes/take-up/", {"code": hers}).status_code == 400
    assert till("post", "/codes/take-up/", {"code": hers, "profile": 10**9}).status_code == 400
    assert wallet.balances(eve, now=NOW) == []
    assert Caller("view_account")("post", "/codes/take-up/", {"code": hers}).status_code == 403
