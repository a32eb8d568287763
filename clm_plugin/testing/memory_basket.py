"""How the in-memory shop keeps a basket, and whose a request is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from clm_plugin.shop.api import Tender

COOKIE = "memory_basket"
"""A stranger's basket is named by this cookie, an account's by the account."""


@dataclass
class MemoryBasket:
    """Quantities by product id."""

    id: str
    customer_id: str | None
    quantities: dict[str, int] = field(default_factory=dict)
    shipping: int | None = None
    """Pence; None while no delivery is chosen."""
    codes: list[str] = field(default_factory=list)
    is_open: bool = True


def customer_id_of(request: HttpRequest) -> str:
    """The id of the logged-in customer, or ""."""
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else ""


def cursor_of(moment: datetime, key: str) -> str:
    """Where a record stands among those of its kind."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}|{int(key):012d}"


def page_of(rows: Sequence[Any], after: str) -> list[Any]:
    """The records behind a cursor, in their order."""
    return sorted((row for row in rows if row.cursor > after), key=lambda row: row.cursor)


def paid_by_credit(tenders: Sequence[Tender]) -> Money | None:
    """How much of an order store credit paid; None: nothing."""
    paid = [tender.paid for tender in tenders if tender.code == CREDIT_TENDER]
    return Money(sum(each.minor for each in paid), paid[0].currency) if paid else None
