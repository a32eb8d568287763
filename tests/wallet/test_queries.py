"""How many statements the hot paths take, savepoints counted: they run inside the shop's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import telling
from tests.wallet.ledger import NOW, days, give, person, set_aside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_hearers", [])


@pytest.fixture
def jane() -> int:
    """Somebody with ten lots of two programmes."""
    jane = person()
    for number in range(10):
        give(jane, 100, programme=("tea", "coffee")[number % 2], expires_at=NOW + days(9 + number))
    return jane


def most(postgres: int, others: int) -> int:
    return postgres if connection.vendor == "postgresql" else others


def test_a_hold(jane: int, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(most(3, 9)):
        set_aside(jane, 950)


def test_a_capture(jane: int, django_assert_max_num_queries: Any) -> None:
    held = set_aside(jane, 950)
    with django_assert_max_num_queries(most(4, 10)):
        wallet.capture(hold_key=held.key, now=NOW, order_id="1")


def test_a_grant(jane: int, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(most(9, 12)):
        give(jane, 100)
    give(jane, 100, budget_minor=10**6)  # the first one counts what was given before
    with django_assert_max_num_queries(most(10, 13)):
        give(jane, 100, budget_minor=10**6)


def test_what_she_has(jane: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        wallet.balances(jane, now=NOW)
    with django_assert_num_queries(1):
        wallet.lots(jane, now=NOW, spent=True)
    with django_assert_num_queries(1):
        wallet.history(jane)
