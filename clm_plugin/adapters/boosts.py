"""How much faster offers let somebody earn, for pages that say what will be earned.

Offers are a floor above store credit, so the wallet is handed these (``wallet.foresee``,
``wallet.quote``). They read the offers once: make one for each page.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.api import Boost

_ANYBODY = offers.Conditions()


def boosts() -> Boost:
    """What offers do for somebody, her own and those for everybody.

    One query, and at most four more for each programme that an open offer multiplies.
    """
    open_at = cache(_multipliers)

    def boost(profile_id: int | None, programme: str, at: datetime) -> int:
        if not any(offer.effect.programme == programme for offer in open_at(at)):
            return 100
        return offers.multiplier_of(profile_id, programme, at).percent

    return boost


def boosts_for_all() -> Boost:
    """What offers do that everybody has, for pages that look the same to everybody; one query."""
    open_at = cache(_multipliers)

    def boost(profile_id: int | None, programme: str, at: datetime) -> int:
        fitting = (
            offer.effect.factor
            for offer in open_at(at)
            if offer.effect.programme == programme
            and offer.given == "everybody"
            and offer.conditions == _ANYBODY
        )
        return max(fitting, default=100)

    return boost


def _multipliers(at: datetime) -> list[offers.Offer]:
    return [offer for offer in offers.offers(at) if offer.effect.kind == "multiplier"]
