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
    """What was given to her, newest first, and what can be taken back; three queries."""
    plans, now = offers.live_offers(), clock.now()
    sees, may_give = may(request, SEE_CODES), may(request, GIVE_OFFERS)
    grants = offers.grants_of(profile_id, limit=SHOWN)
    returnable = offers.returnable(grants, now=now)
    rows = []
    for grant in grants:
        plan, code = plans.get(grant.offer), getattr(grant, "code", None)
        state = offers.state_of(code, now=now) if code else _state(grant, returnable, now)
        rows.append(
            {
                "grant": grant,
                "name": plan.name if plan else grant.offer,
                "code": offers.shown_code(code.text) if code and sees else "",
                "state": STATES.get(state, state),
                "tone": TONES.get(state, "queued"),
                "can_return": may_give and grant.pk in returnable,
            }
        )
    return {"rows": rows, "profile_id": profile_id, "may_give": may_give}


def _state(grant: OfferGrant, returnable: set[int], now: Any) -> str:
    if grant.revoked_at is not None:
        return "revoked"
    if grant.pk in returnable:
        return "used" if grant.entitles_until else "free"
    return "expired" if grant.expires_at is not None and grant.expires_at <= now else "used"
