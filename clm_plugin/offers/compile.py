"""From what was authored to a frozen plan, and putting it into force."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.db import transaction

from clm_plugin.conf import settings
from clm_plugin.money import Money
from clm_plugin.offers.encoding import plan_to_json
from clm_plugin.offers.expiring import look_again
from clm_plugin.offers.models import CompiledOffer, OfferCounter, OfferSet
from clm_plugin.offers.plan import Conditions, Effect, Limits
from clm_plugin.offers.plan import Offer as Plan

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from clm_plugin.offers.authoring import Offer


def compile_offer(offer: Offer, *, version: int = 0) -> Plan:
    """The frozen plan of an offer as it stands (a draft too: previews use it).

    Raises IndexError for an offer without an effect, MoneyError for amounts that are none.
    """
    return Plan(
        key=offer.key,
        version=version,
        name=offer.name,
        title=offer.title,
        terms=offer.terms,
        effect=_effect(offer.effect[0], offer.currency),
        currency=offer.currency,
        given=offer.given,  # type: ignore[arg-type]  # Django's choices are the same three
        conditions=_conditions(offer),
        limits=Limits(
            total=offer.most_total,
            per_profile=offer.most_per_profile,
            per_day=offer.most_per_day,
            budget_minor=_minor(offer.budget, offer.currency),
        ),
        combines=offer.combines,  # type: ignore[arg-type]  # likewise
        combines_with=tuple(offer.combines_with or ()) if offer.combines == "named" else (),
        priority=offer.priority,
        opens_at=offer.opens_at,
        closes_at=offer.closes_at,
        zone=str(settings.TIME_ZONE or django_settings.TIME_ZONE),
        lasts_days=offer.lasts_days,
    )


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else Money.of(amount, currency).minor


def _effect(block: Any, currency: str) -> Effect:
    value, kind = block.value, block.block_type
    products = value.get("product") or [""]
    return Effect(
        kind=kind,
        percent=int((value.get("percent") or 0) * 100),
        amount_minor=_minor(value.get("amount"), currency) or 0,
        most_minor=_minor(value.get("most"), currency),
        product_id=products[0],
        quantity=value.get("quantity") or 1,
        programme=value.get("programme") or "",
        factor=int((value.get("factor") or 1) * 100),
        entitlement=value.get("what") or "",
        days=value.get("days") or 0,
    )


def _conditions(offer: Offer) -> Conditions:
    found = {block.block_type: block.value for block in offer.conditions or ()}
    only, without = found.get("only") or {}, found.get("without") or {}
    minimum = found["minimum"]["amount"] if "minimum" in found else None
    return Conditions(
        min_basket_minor=_minor(minimum, offer.currency) or 0,
        products=tuple(only.get("products") or ()),
        categories=tuple(only.get("categories") or ()),
        not_products=tuple(without.get("products") or ()),
        not_categories=tuple(without.get("categories") or ()),
        full_price_only="full_price" in found,
        first_order="first_order" in found,
        stages=tuple(found["stages"]["stages"]) if "stages" in found else (),
        segments=tuple(found["segments"]["segments"]) if "segments" in found else (),
    )


def publish_offer(offer: Offer, *, now: datetime) -> Plan:
    """Compile a published offer and put its plan into force, limits that were changed included."""
    with transaction.atomic():
        plan = compile_offer(offer, version=1 + secrets.randbits(62))
        CompiledOffer.objects.update_or_create(
            key=plan.key,
            defaults={"version": plan.version, "plan": plan_to_json(plan), "compiled_at": now},
        )
        look_again(plan, now=now)  # grants before counters, as whoever uses one
        _drop_unlimited(plan)
        _renew()
    return plan


def _drop_unlimited(plan: Plan) -> None:
    """Counters of limits that are no more; should one come back, it is counted anew."""
    limits = plan.limits
    rows = OfferCounter.objects.filter(offer=plan.key)
    for scope, most in (("total", limits.total), ("budget", limits.budget_minor)):
        if most is None:
            rows.filter(scope=scope).delete()
    for prefix, most in (
        ("day:", limits.per_day),
        ("profile:", limits.per_profile),
        ("session:", limits.per_profile),
    ):
        if most is None:
            rows.filter(scope__startswith=prefix).delete()


def withdraw_offer(key: str) -> None:
    """Take an offer offline: it can be neither given nor used; what is reserved stays reserved."""
    with transaction.atomic():
        CompiledOffer.objects.filter(key=key).delete()
        _renew()


def forget_counters(key: str) -> None:
    """Drop the counters of an offer that was deleted; a new one of its key starts at nought."""
    OfferCounter.objects.filter(offer=key).delete()


def _renew() -> None:
    OfferSet.objects.update_or_create(id=1, defaults={"version": 1 + secrets.randbits(62)})
