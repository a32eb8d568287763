"""The schema says what the API answers: every operation once, as it succeeds; and no guesswork."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from rest_framework.authtoken.models import Token
from schemathesis.checks import load_all_checks

from clm_plugin.models import Identifier, Profile, Survey, TraitDefinition
from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect
from clm_plugin.segments import api as segments
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.publishing import publish as publish_programme
from tests.factories import NOW, new, order
from tests.offers.plans import plan, publish
from tests.rest.api.test_api import tell
from tests.rest.api.test_fuzz_api import CHECKS, ENDS, application, document, told
from tests.wallet.test_programmes import authored

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
load_all_checks()

GBP10 = {"amount_minor": 1000, "currency": "GBP"}

PASS = Effect(kind="trial", entitlement="membership", days=7)


def read(found: Any) -> Any:
    return found.ok()


def test_nothing_is_left_to_guess() -> None:
    cache.clear()  # the test before may have asked as often as this user may
    User.objects.create_superuser("boss", password="x")
    client = Client()
    client.login(username="boss", password="x")
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        assert client.get("/clm/api/schema/").status_code == 200
    assert {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache} == {}


class Api:
    """Asks an operation by its id, and checks the answer by the schema."""

    def __init__(self, token: str) -> None:
        self.headers = told(token)
        schema = schemathesis.openapi.from_dict(document(token))
        schema.app = application
        self.operations = {
            operation.definition.raw["operationId"]: operation
            for operation in map(read, schema.get_all_operations())
        }
        self.left = set(self.operations)

    def __call__(self, name: str, status: int = 200, *, id: Any = "", **more: Any) -> Any:
        self.left.discard(name)
        key = {"Idempotency-Key": json.dumps([name, more], default=str)[:100]}
        case = self.operations[name].Case(
            path_parameters={"id": str(id)} if id else {},
            media_type="application/json" if "body" in more else None,
            **more,
        )
        answer = case.call_and_validate(headers={**self.headers, **key}, checks=CHECKS)
        assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def ada(settings: Any) -> Iterator[Profile]:
    """Somebody of whom there is something of everything, in a shop with one of each thing."""
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    wallet.forget_programmes()
    publish_programme(compile_programme(authored(budget=Decimal(50))), now=NOW)
    publish(plan("ten"), plan("pass", effect=PASS))
    for kind in ("nps", "stars"):
        Survey.objects.create(key=kind, name=kind, question="How?", kind=kind, live=True)
    TraitDefinition.objects.create(key="size", label="Size", kind="number")
    segments.publish(key="vips", name="VIPs", group=None, now=NOW)
    tell(
        new("customer.registered", "customer:1", NOW, email="ada@example.com", first_name="Ada"),
        order("customer:1", "1"),
        replace(
            new("survey.answered", "customer:1", NOW, survey="nps", score=9, answer="Nice"),
            object_id="nps",
        ),
        new("profile.identified", "customer:1", NOW, traits={"size": 41}),
    )
    yield Identifier.objects.get(actor="customer:1").profile
    for signal in ENDS:
        signal.connect(close_old_connections)


def test_every_operation_answers_as_described(ada: Profile) -> None:
    token = Token.objects.create(user=User.objects.create_superuser("service")).key
    api, pk = Api(token), ada.pk
    ask_people(api, pk)
    ask_groups(api, pk)
    ask_credit(api, pk)
    grant = offers.grant_offer(profile_id=pk, offer="ten", key="g", reason="a test", now=NOW)
    code = {"code": offers.code_for(grant.id, now=NOW), "profile": pk}
    assert api("codes_check_create", body=code)["ok"]
    for status in (201, 200):
        api("codes_reserve_create", status, body={**code, "order_id": "o1"})
    api("codes_free_create", body={"order_id": "o1"})
    api("codes_reserve_create", 201, body={**code, "order_id": "o2"})
    assert api("codes_confirm_create", body={"order_id": "o2"})["confirmed"]
    grant = offers.grant_offer(profile_id=pk, offer="pass", key="p", reason="a test", now=NOW)
    free = {"code": offers.code_for(grant.id, now=NOW), "profile": pk}
    assert api("codes_take_up_create", body=free)["kind"] == "trial"
    api("codes_take_up_create", 400, body={"code": free["code"]})
    api("codes_reserve_create", 409, body={**free, "order_id": "o3"})
    assert api.left == set()


def ask_people(api: Api, pk: int) -> None:
    query = {"created_since": "2000-01-01T00:00:00Z", "email": "ada@example.com"}
    (row,) = api("profiles_list", query=query)["results"]
    assert row["facts"]["orders"] == 1
    Profile.objects.create(created_at=NOW)  # of whom nothing is known
    assert {each["facts"] is None for each in api("profiles_list")["results"]} == {True, False}
    api("profiles_list", 400, query={"created_since": "yesterday"})
    assert api("profiles_retrieve", id=pk)["stage"]
    api("profiles_retrieve", 404, id=10**17)
    said = {"purpose": "marketing", "channel": "mail", "granted": True, "source": "by phone"}
    assert api("profiles_consents_create", id=pk, body=said)["consents"]
    api("profiles_consents_create", 400, id=pk, body={**said, "channel": ""})
    assert api("profiles_consents_retrieve", id=pk)["consents"]
    assert api("profiles_events_retrieve", id=pk)["results"]
    assert api("profiles_segments_retrieve", id=pk)["rfm"] is None
    assert api("profiles_traits_retrieve", id=pk)["traits"]
    api("profiles_traits_partial_update", 202, id=pk, body={"traits": {"size": 42}})
    api("profiles_traits_partial_update", 400, id=pk, body={"traits": {}})


def ask_groups(api: Api, pk: int) -> None:
    member = {"profiles": [pk]}
    assert api("segments_members_create", id="vips", body=member) == {"changed": 1}
    assert api("segments_members_retrieve", id="vips")["results"]
    assert api("profiles_segments_retrieve", id=pk)["segments"]
    assert api("segments_members_destroy", id="vips", body=member) == {"changed": 1}
    assert api("segments_list")["results"]
    api("segments_retrieve", id="vips")
    api("segments_retrieve", 404, id="gone")
    assert api("lifecycle_retrieve")["stages"]
    assert len(api("surveys_list")["results"]) == 2
    assert api("surveys_retrieve", id="nps")["comments"]
    assert api("surveys_retrieve", id="stars")["score"] is None
    assert api("traits_retrieve")["results"]
    event = {"id": "1", "type": "custom.tracked", "customer_id": "1", "payload": {"name": "Rang"}}
    events = [event, {**event, "id": "2", "type": "no.such"}, {"id": "3"}]
    assert len(api("events_create", body={"events": events})["refused"]) == 2
    api("events_create", 400, body={"events": []})


def ask_credit(api: Api, pk: int) -> None:
    given = {"programme": "harbour", "reason": "sorry", **GBP10}
    for status in (201, 200):
        posted = api("credit_grants_create", status, id=pk, body=given)
    api("credit_transactions_reverse_create", 201, id=posted["transaction_id"],
        body={"reason": "a typing error"})  # fmt: skip
    api("credit_grants_create", 201, id=pk, body={**given, "reason": "again"})
    first = api("credit_holds_create", 201, id=pk, body={**GBP10, "amount_minor": 300})["key"]
    assert api("credit_holds_retrieve", id=first)["state"] == "pending"
    api("credit_holds_capture_create", 201, id=first, body={"order_id": "o1"})
    second = api("credit_holds_create", 201, id=pk, body={**GBP10, "amount_minor": 400})["key"]
    api("credit_holds_release_create", id=second, body={"reason": "declined"})
    api("credit_holds_release_create", 409, id=first, body={"reason": "declined"})
    api("credit_deductions_create", 201, id=pk, body={**given, "amount_minor": 100})
    assert api("credit_retrieve", id=pk)["lots"]
    assert api("credit_history_retrieve", id=pk)["results"]
