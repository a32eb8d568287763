"""A million transactions: proven in a minute, and read in the console as quickly as ten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse

from clm_plugin.insights.api import count_credit
from clm_plugin.wallet import api as wallet
from tests.wallet.ledger import NOW, days
from tests.wallet.million import EACH, PEOPLE, START, fill

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs TEST_DATABASE=postgres"),
]
SCREENS: list[tuple[str, list[int], dict[str, Any]]] = [
    ("index", [], {}),
    ("transactions", [], {}),
    ("transactions", [], {"kind": "grant"}),
    ("transactions", [], {"q": "o17"}),
    ("account", [START + 17], {}),
    ("liability", [], {}),
]


def test_a_million_transactions_are_proven_in_a_minute() -> None:
    fill()
    proof = wallet.verify(now=NOW)
    print(f"{PEOPLE * EACH:,} transactions proven in {proof.seconds:.1f} s")
    assert proof.ok, proof
    assert proof.checks[0].looked_at == PEOPLE * EACH + 1
    assert proof.seconds < 60


def test_the_console_reads_them_at_once(admin_client: Client) -> None:
    """After a night, at first sight: nothing of ours is remembered from the view before."""
    from django.core.cache import cache

    fill()
    began = time.perf_counter()
    count_credit(now=NOW + days(1))  # the night after
    print(f"counted in {time.perf_counter() - began:.1f} s")
    admin_client.get("/admin/")  # what Wagtail reads once
    slow = []
    for name, args, query in SCREENS:
        cache.clear()
        began = time.perf_counter()
        answer = admin_client.get(reverse(f"clm_ledger:{name}", args=args), query)
        took = time.perf_counter() - began
        assert answer.status_code == 200
        print(f"{name} {query}: {took * 1000:.0f} ms")
        if took > 0.5:
            slow.append((name, query, took))
    assert slow == []
