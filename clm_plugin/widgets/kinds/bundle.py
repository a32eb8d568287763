"""Often bought together: this product and what others took with it, added in one click."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language

from clm_plugin.money import Money
from clm_plugin.recommendations.api import bundle, generation
from clm_plugin.shop.api import price
from clm_plugin.widgets.data import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from clm_plugin.recommendations.api import Bundle as Together
    from clm_plugin.shop.api import Product
    from clm_plugin.widgets.data import Request


_KEPT_SECONDS = 5
# No shop's text holds it: a control character is no part of a name.
_TOKEN = "\x1a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One buyable form in a picker."""

    id: str
    label: str
    price: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product as the template shows it. ``choices`` is empty where there is nothing to pick."""

    id: str
    title: str
    url: str
    image_url: str
    price: str
    minor: int
    currency: str
    choices: tuple[Choice, ...] = ()
    reason: str = ""
    """Why it is suggested, truthfully; empty for the product itself."""


class Bundle:
    """Content keys: heading, max_items (products beside this one)."""

    name = "bundle"

    def render(self, request: Request, /) -> str | Refusal:
        content = request.step.content
        ask = _Ask(
            product=request.slot.product,
            most=int(content["max_items"]),
            heading=content["heading"],
            step_id=request.step.id,
            language=get_language() or "",
        )
        held = _basket_ids(request)
        moment = (int(monotonic() // _KEPT_SECONDS), generation())
        html = _make(ask, held) if held else _made(ask, moment)
        if isinstance(html, Refusal):
            return html
        return html.replace(_TOKEN, request.around.csrf_token())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """All that a bundle depends on beside the catalogue and the basket."""

    product: str
    most: int
    heading: str
    step_id: str
    language: str


@lru_cache(maxsize=4096)
def _made(ask: _Ask, moment: tuple[int, int]) -> str | Refusal:
    """The bundle for an empty basket, which most visitors have; made once every few seconds."""
    return _make(ask, frozenset())


def _make(ask: _Ask, held: Collection[str]) -> str | Refusal:
    found = _find(ask, held)
    if isinstance(found, Refusal):
        return found
    items = _items(found)
    if len(items) < 2:
        return Refusal(rule="too_few_items", inputs={"priced": len(items)})
    return _html(ask.heading, ask.step_id, tuple(items), ask.language)


@lru_cache(maxsize=1024)
def _html(heading: str, step_id: str, items: tuple[Item, ...], language: str) -> str:
    """The widget's HTML, rendered once for all who see the same, with ``_TOKEN`` for a token."""
    total = Money(sum(item.minor for item in items), items[0].currency)
    return get_template("clm_plugin/widgets/bundle.html").render(
        {
            "heading": heading,
            "step_id": step_id,
            "items": items,
            "total": price(total),
            "currency": total.currency,
            "has_choices": any(item.choices for item in items),
            "action": reverse("clm:bundle"),
            "csrf_token": _TOKEN,
        }
    )


def _find(ask: _Ask, held: Collection[str]) -> Together | Refusal:
    """The product and what goes with it, from memory; without what is in the basket."""
    found = bundle(ask.product, items=ask.most, exclude=held)
    if found is not None:
        return found
    if held and bundle(ask.product, items=ask.most) is not None:
        return Refusal(rule="in_basket", inputs={"basket": len(held)})
    return Refusal(rule="too_few_items", inputs={"product": ask.product})


def _items(found: Together) -> list[Item]:
    """What has a price, in the currency of the first."""
    products = [(found.product, ""), *((each.product, each.reason) for each in found.suggestions)]
    items = [item for each, reason in products if (item := _item(each, reason)) is not None]
    return [item for item in items if item.currency == items[0].currency]


def _basket_ids(request: Request) -> set[str]:
    """Products in the shopper's basket, variants and their parents.

    The shop is only asked when the profile, or the lack of one, does not say that it is empty.
    """
    if request.person is not None and not request.person.basket_items:
        return set()
    basket = request.around.basket()
    if basket is None:
        return set()
    return {id_ for line in basket.lines for id_ in (line.product_id, line.parent_id) if id_}


def _item(product: Product, reason: str) -> Item | None:
    """A product as the template shows it, its first buyable form picked; None without a price."""
    choices = tuple(
        Choice(id=form.id, label=form.label, price=price(form.price), minor=form.price.minor)
        for form in product.variants
        if form.is_available and form.price is not None
    )
    forms = [form for form in product.variants if form.is_available and form.price is not None]
    shown = forms[0].price if forms else product.price
    if shown is None or (product.variants and not forms):
        return None
    return Item(
        id=forms[0].id if forms else product.id,
        title=product.title,
        url=product.url,
        image_url=product.image_url,
        price=price(shown),
        minor=shown.minor,
        currency=shown.currency,
        choices=choices if len(choices) > 1 else (),
        reason=reason,
    )
