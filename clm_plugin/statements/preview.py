"""What a basket, an order or one product earns, in words. Guests see what they would earn."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop, price
from clm_plugin.statements.data import Earns, Hint, NotCounted
from clm_plugin.statements.days import moment, until, zone_of
from clm_plugin.statements.explaining import order_rule, whole
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import PricedLine, Purchase

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.shop.api import Basket, Order, Product
    from clm_plugin.wallet.api import Boost, Foreseen

_KEPT_SECONDS = 60
"""How long a product's hint is kept: it stands on pages that may cost no query."""
_MOST_KEPT = 4096


def earns(
    profile_id: int | None,
    bought: Basket | Order,
    *,
    now: datetime,
    boost: Boost = wallet.no_boost,
) -> tuple[Earns, ...]:
    """What a basket or an order earns by programme, where it is something or could be.

    ``profile_id`` None: a guest. ``boost``: what offers do for her. At most three queries beside
    the boost's.
    """
    purchase = wallet.purchase_of(bought)
    foreseen = wallet.foresee(profile_id, purchase, at=now, boost=boost)
    found = (_earns(each, now) for each in foreseen)
    return tuple(each for each in found if each.amount or each.gain or each.not_counted)


def _earns(found: Foreseen, now: datetime) -> Earns:
    plan = found.programme
    zone = zone_of(plan)

    def words(minor: int) -> str:
        return whole(Money(minor, plan.currency)) if minor else ""

    return Earns(
        programme=plan.name,
        amount=words(found.amount_minor),
        amount_minor=found.amount_minor,
        opens=moment(found.opens_at, zone) if found.opens_at > now else "",
        until="" if found.expires_at is None else until(found.expires_at, zone),
        missing=price(Money(found.missing_minor, plan.currency)) if found.gain_minor else "",
        gain=words(found.gain_minor),
        not_counted=tuple(NotCounted(title=out.title, reason=out.reason) for out in found.left_out),
    )


def hints(product_id: str, *, now: datetime, boost: Boost = wallet.no_boost) -> tuple[Hint, ...]:
    """What one of a product earns, the same for everybody; kept for a minute, so that a page
    costs no query while it is warm. Caps of persons are not looked at, budgets are. ``boost``: what
    offers do for everybody."""
    language = get_language() or ""
    found = kept_hints(product_id, language)
    if found is None:
        found = _hints(product_id, now, boost)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[product_id, language] = monotonic() + _KEPT_SECONDS, found
    return found


def kept_hints(product_id: str, language: str) -> tuple[Hint, ...] | None:
    """The hints as they are in memory, without a look at the database; None: they are not."""
    good_until, found = _kept.get((product_id, language), (0.0, ()))
    return found if monotonic() < good_until else None


def forget_hints() -> None:
    """Make them anew (tests)."""
    _kept.clear()


_kept: dict[tuple[str, str], tuple[float, tuple[Hint, ...]]] = {}
"""By product and language: until when they are good, on the monotonic clock, and the hints."""


def _hints(product_id: str, now: datetime, boost: Boost) -> tuple[Hint, ...]:
    if not any(plan.order_rules for plan in wallet.programmes(now)):
        return ()
    product = get_shop().products([product_id]).get(product_id)
    prices = _prices(product) if product is not None else []
    if product is None or not prices:
        return ()
    least = _alone(product, prices[0], now, boost)
    most = least if prices[0] == prices[-1] else _alone(product, prices[-1], now, boost)
    found = (_hint(low, high) for low, high in zip(least, most, strict=True) if not low.left_out)
    return tuple(each for each in found if each.amount or each.rule)


def _prices(product: Product) -> list[Money]:
    """What one of it costs, in any of its forms, lowest first; one currency."""
    forms = [form.price for form in product.variants if form.is_available]
    prices = [each for each in (forms or [product.price]) if each is not None]
    same = (each for each in prices if each.currency == prices[0].currency)
    return sorted(same, key=lambda each: each.minor)


def _alone(product: Product, cost: Money, at: datetime, boost: Boost) -> tuple[Foreseen, ...]:
    line = PricedLine(
        product_id=product.id,
        parent_id=product.parent_id,
        category_ids=product.category_ids,
        total_minor=cost.minor,
        is_gift_card=product.is_gift_card,
    )
    alone = Purchase(currency=cost.currency, lines=(line,))
    return wallet.foresee(None, alone, at=at, boost=boost)


def _hint(low: Foreseen, high: Foreseen) -> Hint:
    plan = low.programme
    # Prices hold tax that is not known here: where it does not count, only the rule is sure.
    minor = 0 if plan.earn_exclusions.tax else low.amount_minor
    return Hint(
        programme=plan.name,
        amount=whole(Money(minor, plan.currency)) if minor else "",
        at_least=high.amount_minor > low.amount_minor,
        rule="" if minor else order_rule(plan),
    )
