"""Uses of offers that no order stands behind, and the names they have in an order's place."""

from __future__ import annotations

from typing import Literal
from uuid import uuid4

BESIDE = ("store_credit", "trial")
"""Kinds of offers that give something beside an order, when they are taken up."""

Behind = Literal["order", "grant", "code", "erased"]
_NAMES: dict[str, Behind] = {"grant-": "grant", "code-": "code", "erased-": "erased"}


def taken_up(grant_id: int | str) -> str:
    """Stands for the order in which a grant was used that needs none."""
    return f"grant-{grant_id}"


def by_code(mark: str) -> str:
    """Stands for the order in which a code was used that needs none; ``mark`` makes it one use."""
    return f"code-{mark}"


def erased() -> str:
    """Stands for the order of a customer who was erased: nothing leads to it any more."""
    return f"erased-{uuid4().hex}"


def behind(order_id: str) -> Behind:
    """What stands behind a use of an offer, by the order that it names."""
    head, dash, _ = order_id.partition("-")
    return _NAMES.get(head + dash, "order")
