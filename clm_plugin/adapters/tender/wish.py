"""How much store credit the shopper wishes to use, kept in her session until the order stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clm_plugin.money import Money

if TYPE_CHECKING:
    from django.http import HttpRequest

_KEY = "clm_credit"


@dataclass(frozen=True, slots=True)
class Wish:
    """``minor`` None: as much as possible. Counts only for a purchase in its currency."""

    minor: int | None
    currency: str


def make_wish(request: HttpRequest, amount: Money | None, *, currency: str) -> None:
    """Remember what she wishes to use; None for as much as possible."""
    request.session[_KEY] = [None if amount is None else amount.minor, currency]


def wish_of(request: HttpRequest) -> Wish | None:
    """What she wished, if she did."""
    session: Any = getattr(request, "session", None)
    kept = session.get(_KEY) if session is not None else None
    match kept:
        case [None | int() as minor, str() as currency]:
            return Wish(minor, currency)
    return None


def forget_wish(request: HttpRequest) -> None:
    """She wishes to use none, or the order stands."""
    request.session.pop(_KEY, None)
