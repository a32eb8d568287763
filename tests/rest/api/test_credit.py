"""Store credit over HTTP: each operation once by its key, and refusals with a word for machines."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from clm_plugin.models import Hold, Lot, Profile, Transaction
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.publishing import publish
from tests.factories import NOW
from tests.rest.api.test_api import BASE, Caller
from tests.wallet.test_programmes import authored

pytestmark = pytest.mark.django_db
MAY = ("view_account", "add_transaction")
GBP10 = {"amount_minor": 1000, "currency": "GBP"}


class Till(Caller):
    """A service that sends an idempotency key with each operation."""

    def post(self, path: str, body: Any, key: str = "") -> Any:
        headers = {"Authorization": f"Token {self.key}"}
        if key:
            headers["Idempotency-Key"] = key
        return self.client.post(BASE + path, body, content_type="application/json", headers=headers)


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    wallet.forget_programmes()
    publish(compile_programme(authored(pending_days=14, budget=Decimal(50))), now=NOW)


@pytest.fixture
def ada() -> int:
    return Profile.objects.create(created_at=NOW, first_name="Ada").pk


def give(till: Till, person: int, key: str = "g1", **more: Any) -> Any:
    body = {"programme": "harbour", "reason": "sorry for the wait", **GBP10, **more}
    return till.post(f"/credit/{person}/grants/", body, key)


def available(person: int) -> int:
    return wallet.balance(person, "GBP", now=NOW).available_minor


def test_nobody_moves_money_without_leave(ada: int) -> None:
    assert give(Till("view_account"), ada).status_code == 403
    assert Till("add_transaction")("get", f"/credit/{ada}/").status_code == 403
    assert not Transaction.objects.exists()


def test_a_grant_is_given_once_on_the_programmes_terms(ada: int) -> None:
    till = Till(*MAY)
    first, again = give(till, ada), give(till, ada)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "repeated": True}
    assert available(ada) == 1000
    lot = Lot.objects.get()
    assert lot.opens_at == NOW, "what is given by hand waits for no return window"
    assert lot.expires_at is not None
    assert timedelta(days=30) <= lot.expires_at - NOW < timedelta(days=31)
    read = till("get", f"/credit/{ada}/").json()
    assert read["balances"][0]["available_minor"] == 1000
    assert [each["remaining_minor"] for each in read["lots"]] == [1000]


def test_the_key_belongs_to_one_operation_of_one_caller(ada: int) -> None:
    till = Till(*MAY)
    give(till, ada)
    other = give(till, ada, amount_minor=1001)
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    assert give(Till(*MAY), ada).status_code == 201, "another caller has keys of its own"
    assert available(ada) == 2000
    none = give(till, ada, key="")
    assert (none.status_code, none.json()["code"]) == (400, "key_missing")
    assert give(till, ada, key="x" * 129).status_code == 400


def test_hold_capture_release_reverse(ada: int) -> None:
    till = Till(*MAY)
    granted = give(till, ada).json()
    held = till.post(f"/credit/{ada}/holds/", {**GBP10, "order_id": "o1"}, "h1")
    assert held.status_code == 201
    assert available(ada) == 0
    key = held.json()["key"]
    assert till("get", f"/credit/holds/{key}/").json()["state"] == "pending"
    spent = till("post", f"/credit/holds/{key}/capture/", {"order_id": "o1", "amount_minor": 400})
    assert (spent.status_code, spent.json()["amount_minor"]) == (201, 400)
    assert available(ada) == 600, "less than was held lets go of the rest"
    late = till("post", f"/credit/holds/{key}/release/", {"reason": "declined"})
    assert (late.status_code, late.json()["code"]) == (409, "hold_closed")
    second = till.post(f"/credit/{ada}/holds/", {"amount_minor": 600, "currency": "GBP"}, "h2")
    free = till("post", f"/credit/holds/{second.json()['key']}/release/", {"reason": "declined"})
    assert free.json()["state"] == "voided"
    reverse = f"/credit/transactions/{granted['transaction_id']}/reverse/"
    undone = till.post(reverse, {"reason": "a typing error"}, "r1")
    assert (undone.status_code, undone.json()["code"]) == (409, "not_enough"), "it was spent"
    taken = {"programme": "harbour", "reason": "by agreement", "amount_minor": 600}
    paths = f"/credit/{ada}/deductions/"
    assert till.post(paths, {**taken, "currency": "GBP"}, "d1").status_code == 201
    assert available(ada) == 0
    kinds = [line["kind"] for line in till("get", f"/credit/{ada}/history/").json()["results"]]
    assert kinds == ["deduct", "capture", "grant"]
    assert wallet.verify(now=NOW).ok


def test_refusals_say_why_and_post_nothing(ada: int) -> None:
    till = Till(*MAY)
    give(till, ada)
    posted = Transaction.objects.count()
    refused = {
        "not_enough": till.post(
            f"/credit/{ada}/holds/", {"amount_minor": 1001, "currency": "GBP"}, "a"
        ),
        "unknown_programme": give(till, ada, "b", programme="nonsense"),
        "bad_amount": give(till, ada, "c", currency="EUR"),
        "over_budget": give(till, ada, "d", amount_minor=4001),
        "hold_closed": till("post", "/credit/holds/none/release/", {"reason": "x"}),
    }
    for code, answer in refused.items():
        assert answer.json()["code"] == code
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.status_code == {"unknown_programme": 404, "bad_amount": 400}.get(code, 409)
    assert give(till, 10**9, "e").status_code == 404
    assert (Transaction.objects.count(), Hold.objects.count()) == (posted, 0)


@pytest.mark.parametrize(
    "amount", [0, -1, True, "1000", 1.5, 1e30, 10**13, None, [], "NaN", "1,00"], ids=repr
)
def test_insane_amounts_are_refused(ada: int, amount: Any) -> None:
    answer = give(Till(*MAY), ada, amount_minor=amount)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["amount_minor"])
    assert not Transaction.objects.exists()


def test_the_schema_tells_bodies_keys_and_refusals() -> None:
    schema = Caller("view_profile")("get", "/schema/?format=json").json()
    grants = schema["paths"]["/credit/{id}/grants/"]["post"]
    body = grants["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert body.endswith("/GrantShape")
    header = next(each for each in grants["parameters"] if each["in"] == "header")
    assert (header["name"], header["required"]) == ("Idempotency-Key", True)
    assert {"200", "201", "400", "404", "409"} <= set(grants["responses"])
    for path in ("/credit/holds/{id}/capture/", "/codes/reserve/"):
        assert "requestBody" in schema["paths"][path]["post"]


@override_settings(CLM={"SHOP": "tests.widgets.gift_shop.GiftShop", "API_RATE": 2})
def test_it_is_throttled_like_the_rest(ada: int) -> None:
    till = Till(*MAY)
    assert [till("get", f"/credit/{ada}/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    "path",
    ["/credit/{ada}/history/?before=%C2%B2", "/credit/holds/%00/", "/credit/holds/%EF%BF%BD/"],
)
def test_what_is_no_number_or_key_is_refused_plainly(ada: int, path: str) -> None:
    assert Till(*MAY)("get", f"/credit/{path.format(ada=ada)}").status_code in (400, 404)
