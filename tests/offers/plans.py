"""Plans and baskets for tests, without Wagtail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clm_plugin.offers.data import Basket, BasketLine, Candidate
from clm_plugin.offers.encoding import plan_to_json
from clm_plugin.offers.live import forget_offers
from clm_plugin.offers.models import CompiledOffer, OfferSet
from clm_plugin.offers.plan import Conditions, Effect, Limits, Offer
from clm_plugin.profiles.models import Profile
from tests.factories import NOW

LATER = NOW + timedelta(minutes=30)


def plan(key: str = "ten", **fields: Any) -> Offer:
    """Ten per cent off, by code; ``percent``, ``amount``, ``limits``, ``conditions`` to taste."""
    effect = fields.pop("effect", None)
    if "amount" in fields:
        effect = Effect(kind="amount", amount_minor=fields.pop("amount"))
    if "percent" in fields:
        effect = Effect(kind="percent", percent=fields.pop("percent"))
    for name, part in (("limits", Limits), ("conditions", Conditions)):
        if isinstance(fields.get(name), dict):
            fields[name] = part(**fields[name])
    values: dict[str, Any] = {
        "version": 1,
        "name": key.title(),
        "title": key.title(),
        "currency": "GBP",
        "effect": effect or Effect(kind="percent", percent=1_000),
    }
    return Offer(key=key, **{**values, **fields})


def publish(*plans: Offer) -> None:
    """Put plans in force as publishing does."""
    for each in plans:
        CompiledOffer.objects.update_or_create(
            key=each.key,
            defaults={"version": each.version, "plan": plan_to_json(each), "compiled_at": NOW},
        )
    row, _ = OfferSet.objects.get_or_create(id=1)
    OfferSet.objects.update(version=row.version + 1)
    forget_offers()


def person(email: str = "") -> int:
    return int(Profile.objects.create(email=email, created_at=NOW).pk)


def line(name: str = "a", minor: int = 1_000, **fields: Any) -> BasketLine:
    return BasketLine(id=name, product_id=fields.pop("product", name), total_minor=minor, **fields)


def basket(*lines: BasketLine, shipping: int = 0, **fields: Any) -> Basket:
    return Basket(currency="GBP", lines=lines or (line(),), shipping_minor=shipping, **fields)


def candidates(*plans: Offer) -> list[Candidate]:
    return [Candidate(offer=each) for each in plans]
