"""Which of our offers are used on an Oscar basket, and taking them off its lines."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from oscar.core.loading import get_class

from clm_plugin.adapters.oscar.offers_basket import (
    beside_the_shops,
    lines_of,
    seen,
    shipping_charge,
    with_tax,
)
from clm_plugin.adapters.oscar.offers_gifts import Gifts, open_gifts, waiting
from clm_plugin.adapters.oscar.offers_rows import PASS, PREFIX, used_row
from clm_plugin.adapters.oscar.offers_shown import BasketOffers, LeftOutOffer, UsedOffer, left_out
from clm_plugin.money import Money
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clm_plugin.adapters.oscar.offers_candidates import Found

logger = logging.getLogger("clm_plugin")

WITHOUT_A_CODE = frozenset({"minimum", "not_with", "no_goods", "nothing_left"})
"""Why an offer is not used that is worth a sentence to somebody who did not ask for it."""


class Choice:
    """One basket's work; the shop's own offers are applied already."""

    def __init__(self, basket: Any, found: Found, user: Any, request: Any) -> None:
        self.basket, self.found, self.user, self.request = basket, found, user, request
        self.candidates = beside_the_shops(found.candidates, basket)
        self.by_pass = found.holdings.has_pass and PASS in found.memory.rows

    def decide(self) -> Decided:
        """The best set, weighed again where what it takes off moves the price of the parcel
        ("free from £40")."""
        charge = self._charge()
        decided = self._weigh(charge)
        after = self._charge_after(decided)
        return decided if after == charge else self._weigh(after)

    def _weigh(self, charge: int) -> Decided:
        """Gifts in the basket are counted by what they take off; one that is not chosen is goods
        like any other, so the rest is weighed again with it."""
        refused: list[offers.Refused] = []
        gifts = Gifts.of(self.basket, self.candidates)
        plans = [each.offer for each in self.candidates]
        others = [each for each in self.candidates if each.offer.effect.kind != "gift"]
        while True:
            basket = seen(
                self.basket,
                self.found.memory,
                plans,
                self.found.holdings.shopper,
                shipping_minor=0 if self.by_pass else charge,
                free=gifts.units,
            )
            basket.gift_minor.update(gifts.prices)
            stack = offers.stacking([*others, *gifts.candidates], basket, now=self.found.now)
            used = {each.candidate for each in stack.applied}
            lost = [each for each in gifts.candidates if each not in used]
            if not lost:
                return Decided(self, stack, gifts, basket, refused)
            refused += [each for each in stack.refused if each.candidate in lost]
            gifts = gifts.without(lost)

    def _charge(self) -> int:
        if self.by_pass or not self._asks_for_shipping():
            return 0
        try:
            return shipping_charge(self.basket, self.user, self.request)
        except Exception:
            logger.exception("clm: what shipping costs is not known, so it is not taken off")
            return 0

    def _asks_for_shipping(self) -> bool:
        return any(each.offer.effect.kind == "free_shipping" for each in self.candidates)

    def _charge_after(self, decided: Decided) -> int:
        """What shipping costs once goods are taken down; Oscar's lines stay as they were."""
        if self.by_pass or not self._asks_for_shipping():
            return 0
        kept = [(line, line.discounts) for line in lines_of(self.basket)]
        try:
            for line, registry in kept:
                line.clear_discount()
                for each in registry.all():
                    line.discounts.discount(*each)
            for applied in decided.stack.applied:
                decided.lines_down(applied, None)
            return self._charge()
        finally:
            for line, registry in kept:
                line.discounts = registry


@dataclass(slots=True)
class Decided:
    """What is to be taken off."""

    choice: Choice
    stack: offers.Stack
    gifts: Gifts
    basket: offers.Basket
    refused: list[offers.Refused] = field(default_factory=list)
    """Gifts in the basket that are not given."""

    def take_off(self, rows: Sequence[Any], vouchers: Mapping[str, Any]) -> None:
        """Into Oscar's lines and applications, and onto the basket for its page."""
        basket, found = self.choice.basket, self.choice.found
        results, by_name = basket.offer_applications, {_name(row): row for row in rows}
        others = sorted({str(each["name"]) for each in results})
        used = []
        for applied in self.stack.applied:
            each = applied.candidate
            row = by_name[PREFIX + each.offer.key, each.code]
            minor = self.lines_down(applied, row)
            if minor:
                amount = Money(minor, self.basket.currency).amount
                results.add(row, get_class("offer.results", "BasketDiscount")(amount))
            if applied.shipping_minor:
                results.add(row, get_class("offer.results", "SHIPPING_DISCOUNT"))
            used.append(
                UsedOffer(
                    plan=found.memory.plans[each.offer.key],
                    saves=Money(minor + applied.shipping_minor, self.basket.currency),
                    code=each.code,
                    grant_id=each.grant_id,
                    is_shipping=bool(applied.shipping_minor),
                )
            )
        if self.choice.by_pass and not basket.has_shipping_discounts:
            row = used_row(found.memory.rows[PASS])
            results.add(row, get_class("offer.results", "SHIPPING_DISCOUNT"))
        open_, missing = waiting(self.choice.candidates, self.gifts, self.basket, self.stack, found)
        told = [*self.stack.refused, *self.refused, *missing]
        basket.clm_offers = BasketOffers(
            used=tuple(used),
            left_out=(
                *left_out([each for each in told if _is_told(each)], others),
                *_lost_codes(found, vouchers),
            ),
            pass_used=self.choice.by_pass,
            find_gifts=lambda: open_gifts(open_),
        )

    def lines_down(self, applied: offers.Applied, row: Any) -> int:
        """Take an offer off Oscar's lines; returns the minor units that are gone."""
        lines = {str(line.pk): line for line in lines_of(self.choice.basket)}
        parts = dict(applied.lines)
        quantities: dict[str, int] = {}
        for gift in self.gifts.of_candidate(applied.candidate):
            key = str(gift.line.pk)
            parts[key], quantities[key] = parts.get(key, 0) + gift.minor, gift.units
        for key, minor in parts.items():
            line = lines[key]
            line.discount(
                Money(minor, self.basket.currency).amount,
                quantities.get(key, line.quantity),
                incl_tax=with_tax(line),
                offer=None if row is None else _OnLine(row),
            )
        return sum(parts.values())


class _OnLine:
    """A ConditionalOffer as a line's registry is given it.

    Oscar would ask the database for each pair of real ones on a line whether they combine; that is
    decided already.
    """

    def __init__(self, row: Any) -> None:
        self.row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)


def _name(row: Any) -> tuple[str, str]:
    voucher = row.get_voucher()
    return row.slug, voucher.code if voucher is not None else ""


def _is_told(refused: offers.Refused) -> bool:
    return bool(refused.candidate.code) or refused.reason in WITHOUT_A_CODE


def _lost_codes(found: Found, vouchers: Mapping[str, Any]) -> list[LeftOutOffer]:
    """Codes on the basket that cannot be used now, with the answer that typing them would have."""
    kept = {each.code for each in found.candidates}
    lost = []
    for code, answer in found.answers.items():
        if code in kept or code not in vouchers:
            continue
        plan = answer.offer
        text = answer.text if not answer.ok else _("It has been used as often as it may be.")
        title = plan.title if plan else _("Code %(code)s") % {"code": offers.shown_code(code)}
        lost.append(LeftOutOffer(title=title, reason=text, key=plan.key if plan else "", code=code))
    return lost
