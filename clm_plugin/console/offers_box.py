"""The offers of one customer, for her page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin import clock
from clm_plugin.console.guard import GIVE_OFFERS, SEE_CODES, may
from clm_plugin.console.offers_page import STATES, TONES
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.offers.models import OfferGrant

SHOWN = 10


def offers_box(profile_id: int, request: HttpRequest) -> dict[str, Any]:
    """What was given to her, newest first, and what can be taken back; two queries."""
    plans, now = offers.live_offers(), clock.now()
    sees, may_give = may(request, SEE_CODES), may(request, GIVE_OFFERS)
    rows = []
    for grant in offers.grants_of(profile_id, limit=SHOWN):
        plan, code = plans.get(grant.offer), getattr(grant, "code", None)
        state = offers.state_of(code, now=now) if code else _state(grant, now)
        rows.append(
            {
                "grant": grant,
                "name": plan.name if plan else grant.offer,
                "code": offers.shown_code(code.text) if code and sees else "",
                "state": STATES.get(state, state),
                "tone": TONES.get(state, "queued"),
                "can_return": may_give and offers.is_returnable(grant, now=now),
            }
        )
    return {"rows": rows, "profile_id": profile_id, "may_give": may_give}


def _state(grant: OfferGrant, now: Any) -> str:
    if grant.revoked_at is not None:
        return "revoked"
    if grant.is_used or (grant.accepted_at and grant.entitles_until):
        return "used"
    return "expired" if grant.expires_at is not None and grant.expires_at <= now else "free"
