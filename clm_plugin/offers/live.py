"""Published offers in memory: reloaded when the version of the set moved on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clm_plugin.offers.encoding import plan_from_json
from clm_plugin.offers.errors import UnknownOffer
from clm_plugin.offers.models import CompiledOffer, OfferSet
from clm_plugin.offers.plan import Offer

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger("clm_plugin")

_held: tuple[int, Mapping[str, Offer]] = (-1, {})


def live_offers(version: int | None = None) -> Mapping[str, Offer]:
    """All published offers by key; reads them only when ``version`` (else asked for) is news."""
    global _held
    if version is None:
        version = set_version()
    if _held[0] != version:
        rows = CompiledOffer.objects.order_by("key").values_list("key", "plan")
        read = ((key, _read(key, plan)) for key, plan in rows)
        _held = (version, {key: offer for key, offer in read if offer is not None})
    return _held[1]


def _read(key: str, plan: Any) -> Offer | None:
    # One plan that cannot be read (of another release, or put together by hand) stops no other.
    try:
        offer = plan_from_json(plan)
    except Exception:
        logger.exception("clm: the plan of offer %s cannot be read; publish the offer again", key)
        return None
    return offer


def set_version() -> int:
    """The version of the set of published offers; one query."""
    return OfferSet.objects.filter(id=1).values_list("version", flat=True).first() or 0


def offers(now: datetime) -> tuple[Offer, ...]:
    """The offers that are open now, the highest priority first; one query once they are known."""
    found = (offer for offer in live_offers().values() if offer.is_open(now))
    return tuple(sorted(found, key=lambda offer: (-offer.priority, offer.key)))


def open_offer(key: str, *, now: datetime) -> Offer:
    """A published offer that is open now. Raises UnknownOffer, which says what to do."""
    offer = live_offers().get(key)
    if offer is None:
        raise UnknownOffer(f"no published offer is called {key!r}; publish it first")
    if not offer.is_open(now):
        raise UnknownOffer(f"the offer {key!r} is not open at {now:%Y-%m-%d %H:%M %Z}")
    return offer


def forget_offers() -> None:
    """Drop what is held in memory (tests, and databases that were swapped)."""
    global _held
    _held = (-1, {})
