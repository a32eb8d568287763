"""Offers that were refused at payment: kept in the shopper's session for a while, and told.

Without it the next page would promise again what cannot be had: what a page knows of limits may
be some seconds old.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

_NAME = "clm_offers_refused"
ALL = "*"
"""Stands for all offers: our side failed, and the order goes on without them."""
LASTS = timedelta(minutes=10)


def keep_out(request: HttpRequest, keys: Iterable[str], now: datetime) -> None:
    """Leave these offers (or ``ALL``) out of this session's baskets for ten minutes."""
    kept = {key: at for key, at in _kept(request).items() if at > now.timestamp()}
    request.session[_NAME] = kept | dict.fromkeys(keys, (now + LASTS).timestamp())


def kept_out(request: HttpRequest | None, now: datetime) -> frozenset[str] | None:
    """The offers to leave out; None: all of them."""
    if request is None:
        return frozenset()
    keys = frozenset(key for key, at in _kept(request).items() if at > now.timestamp())
    return None if ALL in keys else keys


def _kept(request: HttpRequest) -> dict[str, float]:
    session = getattr(request, "session", None)
    found = session.get(_NAME, {}) if session is not None else {}
    if not isinstance(found, dict):
        return {}
    return {key: at for key, at in found.items() if isinstance(at, int | float)}


def words_of(error: offers.OfferError, *, is_paid: bool = False) -> str:
    """Why an offer cannot be had after all, for the shopper; ``is_paid``: a card may be charged."""
    if isinstance(error, offers.CodeTaken):
        why = _("Your code, or your offer, is in use in another checkout or was used before.")
    elif isinstance(error, offers.LimitReached):
        why = _("An offer has just been used up by others.")
    else:
        why = _("An offer cannot be used any more.")
    if is_paid:
        rest = _("Whatever was charged goes back to you: look at the total, and try again.")
    else:
        rest = _("Nothing was charged: look at the new total, and place the order again.")
    return f"{why} {rest}"
