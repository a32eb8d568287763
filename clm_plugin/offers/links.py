"""Links that apply an offer: signed for this purpose alone, and with an end.

A link names a grant (bound to one person) or an offer (whoever follows it is given it). It gives
nothing by itself: the page behind it does, by POST.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.urls import reverse

from clm_plugin.offers.data import OfferGrant

if TYPE_CHECKING:
    from typing import Any

_SALT = "clm_plugin.offers.link"
LIFE = timedelta(days=90)
"""How long a link lives whose grant has no end of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link says: a grant's id, or an offer's key; and when it ends."""

    grant_id: int | None
    offer: str
    ends_at: datetime


def signed_link(grant: OfferGrant) -> str:
    """The path of the page where the owner of a grant takes it up."""
    ends = grant.expires_at or grant.granted_at + LIFE
    return _path({"g": grant.id, "e": int(ends.timestamp())})


def open_link(offer: str, *, ends_at: datetime) -> str:
    """The path of the page where anybody who is known to the shop takes an offer up, once each."""
    return _path({"o": offer, "e": int(ends_at.timestamp())})


def _path(told: dict[str, Any]) -> str:
    return reverse("clm:offer", args=[signing.dumps(told, salt=_SALT, compress=True)])


def read_link(token: str) -> Link | None:
    """What a token says; None for one that we did not sign for this, or that is no link."""
    try:
        told = signing.loads(token, salt=_SALT)
        ends = datetime.fromtimestamp(told["e"], UTC)
        grant_id, offer = told.get("g"), told.get("o", "")
    except (signing.BadSignature, KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    if not (isinstance(grant_id, int) or (isinstance(offer, str) and offer)):
        return None
    return Link(grant_id=grant_id, offer=offer, ends_at=ends)
