"""Whether an offer fits a basket and a shopper. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from clm_plugin.offers.plan import AT_CHECKOUT

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.data import Basket, BasketLine, Shopper
    from clm_plugin.offers.plan import Conditions, Offer

Reason = tuple[str, dict[str, Any]]
"""A word of ``wording.REASONS`` and what its sentence needs."""


def end_of_day(at: datetime, zone: str, *, days: int) -> datetime:
    """Midnight at the end of the day, ``days`` after the day of a moment, by a zone's clock."""
    local = ZoneInfo(zone)
    day = at.astimezone(local).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=local).astimezone(UTC)


def missing(offer: Offer, basket: Basket, *, now: datetime) -> Reason | None:
    """Why an offer does not count for a basket; None when it does, as far as rules go."""
    if offer.effect.kind not in AT_CHECKOUT:
        return "not_here", {}
    if not offer.is_open(now):
        return "closed", {}
    if offer.currency != basket.currency:
        return "currency", {"currency": offer.currency}
    reason = person_lacks(offer.conditions, basket.shopper)
    if reason is not None:
        return reason
    if basket.goods_minor < offer.conditions.min_basket_minor:
        return "minimum", {
            "minor": offer.conditions.min_basket_minor,
            "lacking": offer.conditions.min_basket_minor - basket.goods_minor,
            "currency": offer.currency,
        }
    if not lines_for(offer, basket):
        return "no_goods", {}
    return None


def person_lacks(conditions: Conditions, shopper: Shopper) -> Reason | None:
    """Why an offer is not for this person; None when it is."""
    if conditions.first_order and shopper.orders:
        return "first_order", {}
    if conditions.stages and shopper.stage not in conditions.stages:
        return "not_for_you", {}
    if conditions.segments and not shopper.segments & set(conditions.segments):
        return "not_for_you", {}
    return None


def fits(offer: Offer, shopper: Shopper, *, now: datetime) -> bool:
    """Whether an offer is open and for this person; the basket is not asked."""
    return offer.is_open(now) and person_lacks(offer.conditions, shopper) is None


def lines_for(offer: Offer, basket: Basket) -> list[BasketLine]:
    """The lines that an offer looks at. Gift cards are money, and never discounted."""
    return [line for line in basket.lines if _counts(offer.conditions, line)]


def _counts(conditions: Conditions, line: BasketLine) -> bool:
    if line.is_gift_card or (conditions.full_price_only and line.is_discounted):
        return False
    ids = {line.product_id, line.parent_id}
    categories = set(line.category_ids)
    if ids & set(conditions.not_products) or categories & set(conditions.not_categories):
        return False
    if not conditions.products and not conditions.categories:
        return True
    return bool(ids & set(conditions.products) or categories & set(conditions.categories))
