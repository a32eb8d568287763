"""All lines of a statement add up to what somebody has, debts and their payment included."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.statements.api import whole_history
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Lot
from tests.wallet.ledger import NOW, TEA, gbp, new_key, person

pytestmark = pytest.mark.django_db


def grant(her: int, minor: int, order: str) -> Any:
    return wallet.grant(
        profile_id=her, programme=TEA, amount=gbp(minor), key=new_key(), opens_at=NOW,
        expires_at=None, source=wallet.Source("order", order), reason="", actor="shop", now=NOW,
    )  # fmt: skip


def has(her: int) -> int:
    left = Lot.objects.filter(account__profile=her).values_list("remaining_minor", flat=True)
    total = sum(line.amount_minor for line in whole_history(her))
    api = sum(each.amount_minor for each in wallet.history(her))
    assert total == api == sum(left)
    return total


def test_a_debt_is_taken_once() -> None:
    """Red before: what was spent was taken off as the order went back, and again when it was paid
    out of later credit."""
    her = person()
    grant(her, 100, "1")
    wallet.hold(
        profile_id=her, amount=gbp(70), key="h", now=NOW, expires_at=NOW.replace(hour=23),
        order_id="2",
    )  # fmt: skip
    wallet.capture(hold_key="h", now=NOW, order_id="2")
    wallet.claw_back(
        source=wallet.Source("order", "1"), amount_minor=None, key="c", policy="debt", now=NOW,
        reason="", actor="programme",
    )  # fmt: skip
    assert has(her) == 0
    line = next(line for line in whole_history(her) if line.plain.startswith("Taken back"))
    assert (line.amount_minor, line.amount) == (-30, "−£0.30")
    assert line.note == "£0.70 was spent already: credit that you get later pays it."
    (claw,) = [each for each in wallet.history(her) if each.kind == "claw_back"]
    assert (claw.amount_minor, claw.owed_minor) == (-30, 70)
    grant(her, 90, "3")
    assert has(her) == 20
    paid = next(line for line in whole_history(her) if line.plain.startswith("Paid what you owed"))
    assert (paid.amount, paid.note) == ("−£0.70", "")
