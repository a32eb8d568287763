"""What happens to somebody's offers. Recorded with the grant or the use itself, by the offers.

``offer`` is an offer's key, ``title`` what shoppers read, as it was then, ``kind`` what it gives.
Amounts are positive minor units of ``currency``, moments are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.events.payload import Payload


@dataclass(frozen=True, kw_only=True)
class OfferGranted(Payload):
    """``source``: ``campaign``, ``manual``, ``import`` or ``link``; no ``expires_at``: no end."""

    type = "offer.granted"
    offer: str
    title: str = ""
    kind: str = ""
    grant_id: int = 0
    source: str = ""
    expires_at: str = ""


@dataclass(frozen=True, kw_only=True)
class OfferExpiring(Payload):
    """What was given to her and can still be used ends in ``days`` days (7, then 1)."""

    type = "offer.expiring"
    offer: str
    title: str = ""
    kind: str = ""
    grant_id: int = 0
    expires_at: str = ""
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class OfferRedeemed(Payload):
    """An order was placed with it, or it was taken up beside orders (store credit, a trial):
    ``order_id`` then begins with ``grant-`` or ``code-``. ``grant_id`` 0: it was not given to her
    alone."""

    type = "offer.redeemed"
    offer: str
    order_id: str
    title: str = ""
    kind: str = ""
    grant_id: int = 0
    discount_minor: int = 0
    currency: str = ""
