"""Schemathesis on the public endpoints: never 5xx, and every answer is as the schema says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from tests.rest.conftest import USER_AGENT
from tests.widgets.plans import bundle_plan, make_live, popup_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = json.loads((Path(__file__).parent / "openapi.json").read_text())
HEADERS = {"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT}


def _application(environ: dict[str, Any], start_response: Any) -> Any:
    from django.core.handlers.wsgi import WSGIHandler

    global _handler
    _handler = _handler or WSGIHandler()
    return _handler(environ, start_response)


_handler: Any = None
schema = schemathesis.openapi.from_dict(DOCUMENT)
schema.app = _application
quick = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)


@pytest.fixture
def campaigns(db: None) -> Iterator[None]:
    """Live plans, and a connection that outlives a request, as with Django's own test client."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    make_live(bundle_plan(), popup_plan())
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("campaigns")
@schema.parametrize()
@quick
def test_answers_as_the_schema_says(case: schemathesis.Case) -> None:
    case.call_and_validate(
        headers=HEADERS,
        checks=[not_a_server_error, status_code_conformance, response_schema_conformance],
    )
