"""How the in-memory shop keeps a basket, and whose a request is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

COOKIE = "memory_basket"
"""A stranger's basket is named by this cookie, an account's by the account."""


@dataclass
class MemoryBasket:
    """Quantities by product id."""

    id: str
    customer_id: str | None
    quantities: dict[str, int] = field(default_factory=dict)
    is_open: bool = True


def customer_id_of(request: HttpRequest) -> str:
    """The id of the logged-in customer, or ""."""
    user = getattr(request, "user", None)
    return str(user.pk) if user is not None and user.is_authenticated else ""
