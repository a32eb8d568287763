"""Who a request of the shop is about, and whether it may be told at all."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.signals import request_started

from clm_plugin.events.api import actor
from clm_plugin.profiles.api import customer_of, may_track, visitor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

# Weak, so that a request nobody serves any more is no request.
_current: ContextVar[weakref.ref[HttpRequest] | None] = ContextVar("clm_request", default=None)


def remember(request: HttpRequest) -> None:
    """Keep the request for signals of the same request that do not carry it (``order_placed``)."""
    _current.set(weakref.ref(request))


def current_request() -> HttpRequest | None:
    """The request that was last remembered while it was served here."""
    kept = _current.get()
    return kept() if kept is not None else None


def _forget(**_: object) -> None:
    _current.set(None)


request_started.connect(_forget, dispatch_uid="clm.people.forget")


def is_silent(request: HttpRequest) -> bool:
    """Whether nothing may be told: a crawler, staff posing as a customer, or no leave to track."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    return _is_crawler(agent) or not may_track(request) or is_impersonated(request)


def is_impersonated(request: HttpRequest) -> bool:
    """Whether a member of staff is acting as a customer (reliability, case 48)."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and not customer_of(request)


@lru_cache(maxsize=4096)
def _is_crawler(user_agent: str) -> bool:
    from crawleruseragents import is_crawler

    return bool(user_agent) and bool(is_crawler(user_agent))


def names_of(
    request: HttpRequest | None, *, customer_id: Any = None, basket_id: Any = None
) -> tuple[str, tuple[str, ...]]:
    """Actor and links: the customer, else the visitor, else the basket acts; the rest are links.

    ``("", ())`` when nobody is known. Give no request that ``is_silent``.
    """
    customer = str(customer_id or "") or (customer_of(request) if request is not None else "")
    visitor = visitor_of(request) if request is not None else ""
    named = (("customer", customer), ("visitor", visitor), ("basket", str(basket_id or "")))
    names = [actor(kind, value) for kind, value in named if value]
    return (names[0], tuple(names[1:])) if names else ("", ())
