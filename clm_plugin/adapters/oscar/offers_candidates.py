"""Which of our offers could be used on a request's basket, and for whom; once a request."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.oscar.offers_basket import order_number
from clm_plugin.adapters.oscar.offers_memory import Memory, memory
from clm_plugin.adapters.oscar.offers_refused import kept_out
from clm_plugin.adapters.oscar.offers_rows import is_ours
from clm_plugin.events.api import actor
from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import actor_of, customer_of, profile_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

logger = logging.getLogger("clm_plugin")

PATIENCE_MS = 250
"""The longest that a statement of ours may keep a basket waiting; then it is priced without us."""
_KEPT = "_clm_offers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to choose from. ``answers``: how the codes on the basket stand."""

    memory: Memory
    holdings: offers.Holdings
    candidates: tuple[offers.Candidate, ...] = ()
    answers: dict[str, offers.Answer]
    now: datetime


def person_of(request: HttpRequest | None, user: Any = None) -> str:
    """Whose offers count: the logged-in customer, else the visitor of this device; "" for nobody.

    An account is hers whatever she said about tracking; a device is asked first.
    """
    if request is not None:
        customer = customer_of(request)
        return actor("customer", customer) if customer else actor_of(request)
    if user is not None and user.is_authenticated:
        return actor("customer", user.pk)
    return ""


def look(
    request: HttpRequest | None, user: Any, codes: Sequence[str], now: datetime
) -> Found | None:
    """What can be used, asked once a request for the same codes; None when there is nothing.

    Without codes, at most three queries for a person with grants and none for a stranger. Raises
    what the database raises.
    """
    name = person_of(request, user)
    key = (name, tuple(codes))
    kept = getattr(request, _KEPT, None) if request is not None else None
    if kept is not None and kept[0] == key:
        found: Found | None = kept[1]
        return found
    with hurried(PATIENCE_MS):
        found = _look(request, name, codes, now)
    if request is not None:
        setattr(request, _KEPT, (key, found))
    return found


def forget_look(request: HttpRequest) -> None:
    """Ask anew in this request."""
    setattr(request, _KEPT, None)


def _look(
    request: HttpRequest | None, name: str, codes: Sequence[str], now: datetime
) -> Found | None:
    held = memory(now)
    if not held.rows and not codes:
        return None
    out = kept_out(request, now)
    if out is None:
        return None
    order_id = order_number(request) if codes else ""
    own = held.at_checkout("grant", now=now) if name else {}
    open_ = held.at_checkout("everybody", now=now)
    answers = _answers(held, codes, name, order_id, now)
    by_code = {code: each.offer for code, each in answers.items() if each.ok and each.offer}
    asked = {**open_, **own, **{plan.key: plan for plan in by_code.values()}}
    if not asked and not answers and not (name and held.has_passes):
        return None
    brought = offers.Holdings()
    if name and (_is_personal(asked) or held.has_passes):
        brought = offers.holdings(
            name, asked, now=now, order_id=order_id or _number(request, asked)
        )
    never = out | brought.used_up | _used_as_guest(request, brought, answers)
    candidates = (
        *(offers.Candidate(offer=plan) for key, plan in open_.items() if key not in never),
        *(
            offers.Candidate(offer=own[key], grant_id=grant)
            for grant, key in brought.grants
            if key in own and key not in never
        ),
        *(
            offers.Candidate(offer=plan, code=code, grant_id=answers[code].grant_id)
            for code, plan in by_code.items()
            if plan.key not in never and held.is_usable(plan, now) and plan.key in held.rows
        ),
    )
    return Found(memory=held, holdings=brought, candidates=candidates, answers=answers, now=now)


def _number(request: HttpRequest | None, asked: dict[str, offers.Offer]) -> str:
    """An order that is being placed must not stand in its own way."""
    return order_number(request) if request is not None and asked else ""


def _used_as_guest(
    request: HttpRequest | None, brought: offers.Holdings, answers: dict[str, offers.Answer]
) -> frozenset[str]:
    """Offers whose public code somebody without a profile has used as often as she may."""
    public = {
        each.offer.key: each.offer
        for each in answers.values()
        if each.ok and each.is_public and each.offer
    }
    if not public or brought.shopper.profile_id is not None:
        return frozenset()
    return offers.used_by_guest(session_of(request), public)


def session_of(request: HttpRequest | None) -> str:
    """The key of a request's session; "" before it has one."""
    return str(getattr(getattr(request, "session", None), "session_key", "") or "")


def _is_personal(plans: dict[str, offers.Offer]) -> bool:
    """Whether anything about the shopper has to be known."""
    return any(
        plan.given == "grant"
        or plan.limits.per_profile is not None
        or plan.conditions.first_order
        or plan.conditions.stages
        or plan.conditions.segments
        for plan in plans.values()
    )


def _answers(
    held: Memory, codes: Sequence[str], name: str, order_id: str, now: datetime
) -> dict[str, offers.Answer]:
    if not codes:
        return {}
    return offers.standing_of_codes(
        codes,
        profile_id=profile_id_of(name) if name else None,
        plans=held.plans,
        now=now,
        order_id=order_id,
    )


def own_vouchers(basket_offers: Sequence[Any]) -> dict[str, Any]:
    """Vouchers of ours among what Oscar found on a basket, by code."""
    return {
        offer.get_voucher().code: offer.get_voucher()
        for offer in basket_offers
        if is_ours(offer) and offer.get_voucher() is not None
    }
