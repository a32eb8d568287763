"""Which offers are used on a basket, what they take off, and why the others are not. Pure.

Of all sets that are allowed, the one that is worth most to the shopper; a draw goes to fewer
offers, then to the higher priority, then to the key, so that the same basket always comes out the
same. Nothing is ever paid out: a line, and shipping, ends at nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from clm_plugin.money import allocate
from clm_plugin.offers.data import Applied, Refused, Stack
from clm_plugin.offers.rules import lines_for, missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from clm_plugin.offers.data import Basket, Candidate
    from clm_plugin.offers.plan import Offer

MOST_WEIGHED = 10
"""Offers of which all allowed sets are weighed (1,023 at most); of more, those that alone are worth
most."""


def stacking(candidates: Iterable[Candidate], basket: Basket, *, now: datetime) -> Stack:
    """The offers to use on a basket. Each offer counts once, however many codes there are of it."""
    refused: list[Refused] = []
    usable: list[tuple[Candidate, Applied]] = []
    for candidate in _once(candidates, refused):
        reason = missing(candidate.offer, basket, now=now)
        if reason is not None:
            refused.append(Refused(candidate=candidate, reason=reason[0], inputs=reason[1]))
            continue
        alone = _effect(candidate, _Left(basket))
        if alone is None:
            refused.append(Refused(candidate=candidate, reason="nothing_left"))
        else:
            usable.append((candidate, alone))
    weighed = _weighed(usable)
    best: tuple[Applied, ...] = ()
    rank: _Rank = (0, 0, 0, 0, ())
    for group in _allowed([candidate for candidate, _ in weighed]):
        applied = _apply(group, basket)
        if applied is None:
            continue
        found = _rank(applied)
        if not best or found > rank:
            best, rank = applied, found
    chosen = {each.candidate for each in best}
    for candidate, _ in usable:
        if candidate not in chosen:
            refused.append(_outdone(candidate, best))
    discount = sum(each.discount_minor for each in best)
    return Stack(
        applied=best,
        refused=tuple(refused),
        discount_minor=discount,
        to_pay_minor=basket.goods_minor + basket.shipping_minor - discount,
    )


def _once(candidates: Iterable[Candidate], refused: list[Refused]) -> Iterator[Candidate]:
    """Each offer once, in a fixed order; further codes of it are refused."""
    seen: set[str] = set()
    for each in sorted(candidates, key=_order):
        if each.offer.key in seen:
            refused.append(Refused(candidate=each, reason="once"))
        else:
            seen.add(each.offer.key)
            yield each


def _order(candidate: Candidate) -> tuple[object, ...]:
    offer = candidate.offer
    # What comes by itself is taken before a code of the same offer: the code is kept for later.
    return -offer.priority, offer.key, bool(candidate.code), candidate.code, candidate.grant_id or 0


def _weighed(usable: Sequence[tuple[Candidate, Applied]]) -> list[tuple[Candidate, Applied]]:
    if len(usable) <= MOST_WEIGHED:
        return list(usable)
    best = sorted(usable, key=lambda each: (-_worth(each[1]), _order(each[0])))[:MOST_WEIGHED]
    return sorted(best, key=lambda each: _order(each[0]))


def _allowed(candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, ...]]:
    """Every set whose members all allow each other."""
    alone = {
        (a.offer.key, b.offer.key)
        for a, b in combinations(candidates, 2)
        if not combine(a.offer, b.offer)
    }
    for size in range(1, len(candidates) + 1):
        for group in combinations(candidates, size):
            if not any((a.offer.key, b.offer.key) in alone for a, b in combinations(group, 2)):
                yield group


def combine(a: Offer, b: Offer) -> bool:
    """Whether two offers may be used together: each has to allow the other."""
    return _allows(a, b) and _allows(b, a)


def _allows(offer: Offer, other: Offer) -> bool:
    return offer.combines == "all" or (
        offer.combines == "named" and other.key in offer.combines_with
    )


@dataclass(slots=True)
class _Left:
    """What is still to be paid while offers are taken off one after another."""

    basket: Basket
    lines: dict[str, int]
    shipping: int

    def __init__(self, basket: Basket) -> None:
        self.basket = basket
        self.lines = {line.id: max(line.total_minor, 0) for line in basket.lines}
        self.shipping = max(basket.shipping_minor, 0)

    def take(self, applied: Applied) -> None:
        for line, minor in applied.lines.items():
            self.lines[line] -= minor
        self.shipping -= applied.shipping_minor


def _apply(group: Sequence[Candidate], basket: Basket) -> tuple[Applied, ...] | None:
    """A set on a basket, the higher priority first; None when one of it has nothing to do, or the
    basket falls below the minimum of one of them (case 29)."""
    left, done = _Left(basket), []
    for candidate in group:
        applied = _effect(candidate, left)
        if applied is None:
            return None
        left.take(applied)
        done.append(applied)
    goods = sum(left.lines.values())
    for applied in done:
        own = sum(applied.lines.values())
        if goods + own < applied.candidate.offer.conditions.min_basket_minor:
            return None
    return tuple(done)


def _effect(candidate: Candidate, left: _Left) -> Applied | None:
    """What one offer takes off what is left; None when that is nothing."""
    offer = candidate.offer
    effect = offer.effect
    if effect.kind == "free_shipping":
        most = left.shipping if effect.most_minor is None else effect.most_minor
        off = min(left.shipping, most)
        return Applied(candidate=candidate, shipping_minor=off) if off else None
    if effect.kind == "gift":
        price = left.basket.gift_minor.get(effect.product_id)
        if price is None or not any(left.lines[line.id] for line in lines_for(offer, left.basket)):
            return None
        return Applied(
            candidate=candidate,
            gift_product_id=effect.product_id,
            gift_quantity=effect.quantity,
            gift_minor=price * effect.quantity,
        )
    if effect.kind not in ("percent", "amount"):
        return None
    open_lines = [line for line in lines_for(offer, left.basket) if left.lines[line.id] > 0]
    weights = [left.lines[line.id] for line in open_lines]
    due = sum(weights)
    if effect.kind == "percent":
        off = _share(due, effect.percent)
        off = off if effect.most_minor is None else min(off, effect.most_minor)
    else:
        off = min(effect.amount_minor, due)
    if off <= 0:
        return None
    parts = allocate(off, weights)
    return Applied(
        candidate=candidate,
        lines={line.id: part for line, part in zip(open_lines, parts, strict=True) if part},
    )


def _share(due: int, percent: int) -> int:
    """A percentage in hundredths, rounded half up to the minor unit."""
    return min(due, (due * percent + 5_000) // 10_000)


def _worth(applied: Applied) -> int:
    return applied.discount_minor + applied.gift_minor


_Rank = tuple[int, int, int, int, tuple[int, ...]]


def _rank(applied: Sequence[Applied]) -> _Rank:
    worth = sum(_worth(each) for each in applied)
    offers = [each.candidate.offer for each in applied]
    codes = sum(bool(each.candidate.code) for each in applied)
    keys = tuple(-ord(sign) for offer in offers for sign in f"{offer.key}\x00")
    return worth, -len(offers), -codes, sum(offer.priority for offer in offers), keys


def _outdone(candidate: Candidate, best: Sequence[Applied]) -> Refused:
    """Why an offer that would have done something is not used beside the best set."""
    against = [
        each.candidate.offer for each in best if not combine(each.candidate.offer, candidate.offer)
    ]
    if against:
        return Refused(
            candidate=candidate, reason="not_with", inputs={"others": [o.title for o in against]}
        )
    return Refused(candidate=candidate, reason="nothing_left")
