"""Handing an offer out in a mail or on a page: given when it is first shown, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.offers.alphabet import shown_code
from clm_plugin.offers.codes import code_for
from clm_plugin.offers.granting import grant_offer
from clm_plugin.offers.links import signed_link
from clm_plugin.offers.live import live_offers, open_offer
from clm_plugin.offers.plan import AT_CHECKOUT
from clm_plugin.offers.wording import gives, small_print

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.data import OfferGrant
    from clm_plugin.offers.plan import Offer
    from clm_plugin.offers.standing import Standing

EXAMPLE_CODE = shown_code("ACDEFGHJKM")
"""For previews; nobody has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """An offer as a mail or a widget shows it, in the language in force.

    ``code`` as people read it, "" where none is needed; ``path`` where it is taken up, "" where
    there is nothing to take up.
    """

    title: str
    gives: str
    small: tuple[str, ...] = ()
    code: str = ""
    path: str = ""


def hand_out(*, offer: str, profile_id: int, key: str, reason: str, now: datetime) -> HandedOut:
    """Give an offer to somebody if she does not have it from this very occasion, and describe it.

    ``key`` names the occasion (a mail, a widget): shown again, it is the same grant and the same
    code. Raises OfferError when the offer is not open (any more).
    """
    plan = open_offer(offer, now=now)
    if plan.given == "everybody":
        return _told(plan, None, "", "")
    grant = grant_offer(
        profile_id=profile_id, offer=offer, key=key, reason=reason, source="campaign", now=now
    )
    return _shown(plan, grant, now)


def _shown(plan: Offer, grant: OfferGrant, now: datetime) -> HandedOut:
    coded = plan.given == "code" and plan.effect.kind in AT_CHECKOUT
    code = shown_code(code_for(grant, now=now)) if coded else ""
    return _told(plan, grant.expires_at, code, signed_link(grant))


def hand_again(standing: Standing, *, now: datetime) -> HandedOut:
    """What somebody was given before, described anew, with its code (made if none was)."""
    return _shown(standing.offer, standing.grant, now)


def example(offer: str) -> HandedOut | None:
    """A published offer with a made-up code, for previews; None when there is none."""
    plan = live_offers().get(offer)
    if plan is None:
        return None
    coded = plan.given == "code" and plan.effect.kind in AT_CHECKOUT
    return _told(plan, None, EXAMPLE_CODE if coded else "", "")


def _told(plan: Offer, expires_at: datetime | None, code: str, path: str) -> HandedOut:
    told = gives(plan)
    return HandedOut(
        title=plan.title,
        gives="" if told == plan.title else told,
        small=tuple(small_print(plan, expires_at)),
        code=code,
        path=path,
    )
