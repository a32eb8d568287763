"""Schemathesis and the nasty corpus on the REST API: never 5xx, and only statuses it declares."""

from __future__ import annotations

import json
import random
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, seed, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from clm_plugin.models import Survey, TraitDefinition
from clm_plugin.segments import api as segments
from tests.factories import NOW, new, order
from tests.rest.api.test_api import tell
from tests.rest.test_nasty import READABLE, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20261122
MANY = [pytest.mark.soak, pytest.mark.timeout(1800)]
HEALTH = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
]


@pytest.fixture
def token(db: None, settings: Any) -> Iterator[str]:
    """The token of a service that may do everything, in a shop with one of each thing."""
    settings.CLM = {**settings.CLM, "API_RATE": 10_000_000}
    cache.clear()
    tell(
        new("customer.registered", "customer:1", NOW, email="ada@example.com", first_name="Ada"),
        order("customer:1", "1"),
    )
    segments.publish(key="1", name="One", group=None, now=NOW)
    Survey.objects.create(key="1", name="Q", question="Q?", kind="nps")
    TraitDefinition.objects.create(key="size", label="Size")
    yield Token.objects.create(user=User.objects.create_superuser("service")).key
    for signal in ENDS:
        signal.connect(close_old_connections)


def document(token: str) -> dict[str, Any]:
    """The schema as it is served."""
    found = Client().get("/clm/api/schema/?format=json", headers=told(token))
    assert found.status_code == 200
    plain: dict[str, Any] = json.loads(found.content)
    paths = plain["paths"].items()
    plain["paths"] = {f"/clm/api{path.removeprefix('/clm/api')}": rules for path, rules in paths}
    return plain


def told(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def application(environ: dict[str, Any], start_response: Any) -> Any:
    from django.core.handlers.wsgi import WSGIHandler

    global _handler
    for signal in ENDS:  # Django's test client connects them again after each request
        signal.disconnect(close_old_connections)
    _handler = _handler or WSGIHandler()
    return _handler(environ, start_response)


_handler: Any = None
ENDS = (request_started, request_finished)
"""They would close the test's own connection."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("cases", [60, pytest.param(5_000, marks=MANY)])
def test_statuses_as_the_schema_says(token: str, cases: int) -> None:
    schema = schemathesis.openapi.from_dict(document(token))
    schema.app = application
    found: list[Any] = list(schema.get_all_operations())
    operations = [each.ok() for each in found]
    assert len(operations) > 10
    for operation in operations:

        @seed(SEED)
        @settings(
            max_examples=max(cases // len(operations), 1), deadline=None, database=None,
            suppress_health_check=HEALTH,
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=told(token), checks=CHECKS)

        ask()


def nasty(chance: random.Random) -> str:
    return chance.choice(UNREADABLE if chance.random() < 0.1 else READABLE)


@pytest.mark.parametrize("cases", [150, pytest.param(5_000, marks=MANY)])
def test_the_nasty_corpus(token: str, cases: int) -> None:
    chance = random.Random(SEED)
    client = Client(raise_request_exception=False, headers=told(token))
    rules = document(token)["paths"]
    every = [(path, method, rule) for path, methods in sorted(rules.items())
             for method, rule in sorted(methods.items())
             if method in ("get", "post", "put", "patch", "delete")]  # fmt: skip
    failed = []
    for path, method, rule in islice(cycle(every), cases):
        url = path
        for asked in rule.get("parameters", ()):
            if asked["in"] == "path":
                odd = nasty(chance)[:200].strip('"').replace("/", "") or "1"
                value = odd if chance.random() < 0.5 else "1"
                url = url.replace(f"{{{asked['name']}}}", value)
        query = {asked["name"]: nasty(chance)[:6_000].strip('"')
                 for asked in rule.get("parameters", ())
                 if asked["in"] == "query" and chance.random() < 0.6}  # fmt: skip
        body = nasty(chance)
        if method != "get" and chance.random() < 0.8:
            names = chance.sample(NAMES, k=5)
            pairs = ", ".join(f"{json.dumps(name)}: {nasty(chance)}" for name in names)
            body = "{" + pairs + "}"
        response = client.generic(
            method.upper(), url, body, content_type="application/json", query_params=query
        )
        if response.status_code >= 500:
            failed.append((method, url[:80], str(query)[:200], body[:200], response.status_code))
    assert failed == []


NAMES = [
    "events", "traits", "type", "actor", "links", "occurred_at", "payload", "id", "purpose",
    "channel", "granted", "source", "text_version", "first_name", "email", "size", "messageId",
    "amount_minor", "currency", "programme", "key", "reason", "code", "order_id", "basket",
]  # fmt: skip
