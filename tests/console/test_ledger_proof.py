"""The proof of the books in the console: green, amber, red, and what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from clm_plugin.console.ledger_proof import told_proof
from clm_plugin.models import LedgerProof
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Check, Proof
from tests.console.makers import make_person
from tests.console.test_ledger import granted, url
from tests.factories import NOW
from tests.wallet.ledger import days

if TYPE_CHECKING:
    from django.test import Client

    from clm_plugin.models import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


PROOF = Proof(at=NOW, checks=(Check(name="lots are balances", looked_at=4),))
BROKEN = Proof(
    at=NOW,
    checks=(Check(name="lots are balances", looked_at=4, wrong=1, offenders=("account 9",)),),
)


@pytest.mark.parametrize(
    ("proof", "later", "state"),
    [(None, 0, "none"), (PROOF, 1, "ok"), (PROOF, 37, "late"), (BROKEN, 99, "bad")],
)
def test_states_of_the_proof(proof: Proof | None, later: int, state: str) -> None:
    assert told_proof(proof, now=NOW + timedelta(hours=later)).state == state


def test_a_proof_that_failed_is_red_and_says_what_to_do(root: Client, ann: Profile) -> None:
    granted(ann)
    wallet.prove(now=NOW)
    assert "proven right" in root.get(url("index")).content.decode()
    proof = LedgerProof.objects.get()
    checks = proof.checks
    checks[0] |= {"wrong": 1, "offenders": ["transaction 7 sums to 5"]}
    LedgerProof.objects.update(ok=False, checks=checks)
    page = root.get(url("index")).content.decode()
    for text in ("WRONG", "transaction 7 sums to 5", "clm_verify", 'role="alert"'):
        assert text in page, text


def test_health_tells_the_proof(root: Client, ann: Profile) -> None:
    page = root.get(reverse("clm_health:index")).content.decode()
    assert "not proven so far" in page
    granted(ann)
    wallet.prove(now=NOW)
    assert "proven right" in root.get(reverse("clm_health:index")).content.decode()
    LedgerProof.objects.update(at=NOW - days(3))
    page = root.get(reverse("clm_health:index")).content.decode()
    assert "and not since" in page
    assert "clm_verify" in page
