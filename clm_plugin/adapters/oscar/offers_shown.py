"""What a page says about our offers and a basket; kept on the basket by ``ClmOffers``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from clm_plugin.money import Money
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedOffer:
    """An offer that is taken off a basket. ``grant_id`` and ``code`` say how it came."""

    plan: offers.Offer
    saves: Money
    code: str = ""
    grant_id: int | None = None
    is_shipping: bool = False
    """Off shipping: ``saves`` is by the way of sending that was looked at."""

    @property
    def title(self) -> str:
        return self.plan.title

    @property
    def shown_code(self) -> str:
        return offers.shown_code(self.code) if self.code else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutOffer:
    """An offer that is not taken off, and why, for the shopper."""

    title: str
    reason: str
    key: str = ""
    code: str = ""

    @property
    def shown_code(self) -> str:
        return offers.shown_code(self.code) if self.code else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGift:
    """A gift that is hers once it is in the basket; in stock now."""

    title: str
    product_title: str
    url: str
    add_url: str
    quantity: int = 1


@dataclass(frozen=True, kw_only=True)
class BasketOffers:
    """All of it, the offers that are used first."""

    used: tuple[UsedOffer, ...] = ()
    left_out: tuple[LeftOutOffer, ...] = ()
    pass_used: bool = False
    """Shipping is free by a pass."""
    find_gifts: Callable[[], tuple[OpenGift, ...]] = tuple

    @cached_property
    def gifts(self) -> tuple[OpenGift, ...]:
        """Asked of the catalogue only by a page that shows them."""
        return self.find_gifts()

    @property
    def is_shown(self) -> bool:
        return bool(self.used or self.left_out or self.gifts or self.pass_used)


def left_out(
    refused: Iterable[offers.Refused], others: Sequence[str] = ()
) -> tuple[LeftOutOffer, ...]:
    """Reasons in words. ``others``: offers of the shop's own that took goods down already."""
    found = []
    for each in refused:
        text = offers.why_refused(each)
        if each.reason == "no_goods" and others:
            text = _("Not together with “%(others)s”, which is taken off already.") % {
                "others": "”, “".join(others)
            }
        plan = each.candidate.offer
        found.append(
            LeftOutOffer(title=plan.title, reason=text, key=plan.key, code=each.candidate.code)
        )
    return tuple(found)


def open_gift(plan: offers.Offer, product: Any) -> OpenGift | None:
    """A gift to put in; None where the shop has no address for it."""
    try:
        add_url = reverse("basket:add", args=[product.id])
    except NoReverseMatch:
        return None
    return OpenGift(
        title=plan.title,
        product_title=product.title,
        url=product.url,
        add_url="" if product.variants else add_url,
        quantity=plan.effect.quantity,
    )
