"""Offers in the in-memory shop: the least that ``supports_offers`` asks of a shop.

Priced by ``offers.stacking``, reserved before the card, confirmed with the order, freed otherwise.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from clm_plugin import clock
from clm_plugin.events.api import actor
from clm_plugin.money import Money
from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import actor_of, profile_id_of
from clm_plugin.testing.memory_basket import customer_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest

    from clm_plugin.shop.api import Basket, Line

HOLD = timedelta(minutes=30)


def usable_code(request: HttpRequest, code: str) -> str:
    """The code as it is stored, if this request's person may use it; else ""."""
    text = offers.read_code(code)
    found = offers.standing_of_codes(
        [text], profile_id=_profile(request), plans=offers.live_offers(), now=clock.now()
    )
    return text if found[text].ok else ""


def stack_of(request: HttpRequest, basket: Basket, codes: Sequence[str]) -> offers.Stack:
    """What is taken off a basket, by code and by what was given to the person."""
    now, profile_id = clock.now(), _profile(request)
    answers = offers.standing_of_codes(
        codes,
        profile_id=profile_id,
        plans=offers.live_offers(),
        now=now,
        order_id=f"basket-{basket.id}",
    )
    candidates = [
        offers.Candidate(offer=each.offer, code=code, grant_id=each.grant_id)
        for code, each in answers.items()
        if each.ok and each.offer
    ]
    candidates += [
        offers.Candidate(offer=each.offer, grant_id=each.grant.id if each.grant else None)
        for each in offers.active_offers(profile_id, now)
        if each.offer.given != "code" and each.offer.effect.kind in offers.AT_CHECKOUT
    ]
    lines = tuple(
        offers.BasketLine(
            id=line.product_id,
            product_id=line.product_id,
            parent_id=line.parent_id,
            total_minor=line.total.minor,
            quantity=line.quantity,
            category_ids=line.category_ids,
            is_gift_card=line.is_gift_card,
        )
        for line in basket.lines
    )
    seen = offers.Basket(
        currency=basket.total.currency,
        lines=lines,
        shipping_minor=basket.shipping.minor if basket.shipping else 0,
        shopper=offers.shopper_of(profile_id),
    )
    return offers.stacking(candidates, seen, now=now)


def taken_off(basket: Basket, stack: offers.Stack) -> Basket:
    """The basket as it is paid."""
    currency, off, shipping = basket.total.currency, dict[str, int](), 0
    for applied in stack.applied:
        shipping += applied.shipping_minor
        for line, minor in applied.lines.items():
            off[line] = off.get(line, 0) + minor
    lines = tuple(_less(line, off.get(line.product_id, 0)) for line in basket.lines)
    own = sum(line.discount.minor for line in basket.lines if line.discount)
    return replace(
        basket,
        lines=lines,
        shipping=basket.shipping - Money(shipping, currency) if basket.shipping else None,
        total=basket.total - Money(stack.discount_minor, currency),
        discount=Money(own + stack.discount_minor, currency),
        codes=tuple(each.candidate.code for each in stack.applied if each.candidate.code),
    )


def _less(line: Line, minor: int) -> Line:
    """A line after an offer, which takes off each of its units alike."""
    if not minor:
        return line
    off = Money(minor, line.total.currency)
    return replace(
        line,
        total=line.total - off,
        discount=line.discount + off if line.discount else off,
        discounted_quantity=line.quantity,
    )


@contextmanager
def reserved(request: HttpRequest, number: str, stack: offers.Stack) -> Iterator[None]:
    """Hold what a basket uses while it is paid, inside the block; free it when that fails.

    Raises OfferError before anything is charged.
    """
    _reserve(request, number, stack)
    try:
        yield
    except Exception:
        offers.free(number, now=clock.now(), reason="not_paid")
        raise


def confirmed(request: HttpRequest, number: str, order_id: str, stack: offers.Stack) -> None:
    """What the basket held is used by the order; call it in the transaction that writes it."""
    if stack.applied:
        offers.free(number, now=clock.now(), reason="ordered")
        _reserve(request, order_id, stack)
        offers.confirm(order_id, now=clock.now())


def _reserve(request: HttpRequest, number: str, stack: offers.Stack) -> None:
    uses = [
        offers.Use(
            offer=each.candidate.offer.key,
            code=each.candidate.code,
            grant_id=None if each.candidate.code else each.candidate.grant_id,
            discount_minor=each.discount_minor,
        )
        for each in stack.applied
    ]
    now = clock.now()
    if uses:
        offers.reserve_all(
            uses=uses,
            profile_id=_profile(request),
            session_key=str(getattr(request.session, "session_key", "") or ""),
            order_id=number,
            now=now,
            until=now + HOLD,
        )


def _profile(request: HttpRequest) -> int | None:
    customer = customer_id_of(request)
    name = actor("customer", customer) if customer else actor_of(request)
    return profile_id_of(name) if name else None
