"""Facets: the words by which an event finds the segments it may change. Pure.

A condition names the facets its answer hangs on, an event those that it touches. ``stage``,
``flag``, ``rfm``, ``prediction``, ``favourite`` and ``segment:<key>`` are touched by moves and
nightly runs, not by events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clm_plugin.events.api import Event

PROFILE = "profile"
"""Language and country."""
SEEN = "seen"
"""First and last sign of life."""
SESSIONS = "sessions"
PAGES = "pages"
VIEWS = "views"
REGISTERED = "registered"
CHANNEL = "channel"
BASKET = "basket"
ORDERS = "orders"
"""Orders and all that is summed from them."""
CONSENT = "consent"
TRAITS = "traits"
LIFE_EVENT = "life_event"
STAGE = "stage"
FLAG = "flag"
RFM = "rfm"
PREDICTION = "prediction"
FAVOURITE = "favourite"
CREDIT = "credit"

_PERSON = frozenset({PROFILE, TRAITS, LIFE_EVENT})

_TOUCHED: dict[str, frozenset[str]] = {
    "page.viewed": frozenset({PAGES, SESSIONS, CHANNEL}),
    "product.viewed": frozenset({VIEWS}),
    "basket.changed": frozenset({BASKET}),
    "basket.merged": frozenset({BASKET}),
    "order.placed": _PERSON | {ORDERS, BASKET},
    "order.refunded": frozenset({ORDERS, LIFE_EVENT}),
    "order.cancelled": frozenset({ORDERS, LIFE_EVENT}),
    "customer.registered": _PERSON | {REGISTERED},
    "customer.logged_in": _PERSON,
    "profile.identified": _PERSON,
    "consent.given": frozenset({CONSENT}),
    "consent.withdrawn": frozenset({CONSENT}),
    "survey.answered": frozenset({TRAITS}),
    "contact.verified": _PERSON | {ORDERS},
    "history.summed": frozenset({PAGES, SESSIONS, CHANNEL, VIEWS, BASKET, TRAITS, PROFILE}),
    "life_event.declared": _PERSON,
    "life_event.withdrawn": _PERSON,
    **dict.fromkeys(
        (
            "credit.granted",
            "credit.opened",
            "credit.expired",
            "credit.spent",
            "credit.restored",
            "credit.clawed_back",
        ),
        frozenset({CREDIT}),
    ),
}


def of_type(type_: str) -> str:
    """The facet of the events of a type."""
    return f"event:{type_}"


def of_segment(key: str) -> str:
    """The facet of the membership of another segment."""
    return f"segment:{key}"


def touched_by(events: Iterable[Event]) -> frozenset[str]:
    """The facets that events touch."""
    return touched_by_types({event.type for event in events})


def touched_by_types(types: Iterable[str]) -> frozenset[str]:
    """Likewise by the types of the events."""
    found = {SEEN}
    for type_ in types:
        found |= _TOUCHED.get(type_, frozenset())
        found.add(of_type(type_))
    return frozenset(found)
