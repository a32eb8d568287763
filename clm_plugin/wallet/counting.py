"""Which parts of a purchase count, to earn and to spend, and why the others do not. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.money import allocate
from clm_plugin.permissions import gettext_noop as _
from clm_plugin.wallet.plan import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.wallet.plan import Exclusions
    from clm_plugin.wallet.purchase import PricedLine, Purchase

EXCLUDED = ("excluded", _("Not part of this offer."))
GIFT_CARD = ("gift_card", _("Gift cards are left out."))
DISCOUNTED = ("discounted", _("Already reduced."))
PARTLY = ("partly_discounted", _("%(units)s of %(all)s already reduced."))
SHIPPING = ("shipping", _("Shipping is left out."))
TAX = ("tax", _("Tax is left out: %(amount_minor)s."))
BY_CREDIT = ("paid_by_credit", _("Paid with store credit: %(amount_minor)s."))
CURRENCY = ("currency", _("This credit is in another currency."))
CODES = ("codes", _("Not together with a voucher code."))
MIN_ORDER = ("min_order", _("Only from %(least_minor)s on; %(short_minor)s more to go."))
EARN_CLOSED = ("earn_closed", _("Nothing is earned at this time."))
TOO_LATE = ("too_late", _("What is earned now could not be spent any more."))
OTHERS = ("others", _("Not together with other store credit."))
PER_ORDER = ("cap_order", _("At most %(cap_minor)s for one order."))
PER_PERIOD = ("cap_period", _("At most %(cap_minor)s in %(days)s days; %(had_minor)s was earned."))
PER_CUSTOMER = ("cap_customer", _("At most %(cap_minor)s in all; %(had_minor)s was earned."))
BUDGET = ("budget", _("All there was to give has been given."))
SHARE = ("cap_share", _("At most %(percent)s per cent of it can be paid with credit."))
SPEND_CAP = ("cap_spend", _("At most %(cap_minor)s of an order can be paid with credit."))

SHIPPING_PART = -1
"""The place of shipping among the parts of a purchase."""


def left_out(reason: tuple[str, str], title: str = "", /, **values: int) -> LeftOut:
    """A reason with its values."""
    return LeftOut(title=title, code=reason[0], reason=reason[1], values=tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Part:
    """What counts of a line (``at`` is its place) or of shipping."""

    at: int
    line: PricedLine | None
    gross_minor: int
    minor: int
    """Without tax where tax does not count."""


def counted(purchase: Purchase, rules: Exclusions) -> tuple[list[Part], list[LeftOut]]:
    """The parts that count, and what was left out. Lines that cost nothing are not worth a word."""
    parts, out = [], []
    for at, line in enumerate(purchase.lines):
        reason, gross = _reason(line, rules), line.total_minor
        if reason is DISCOUNTED and line.full_price_minor > 0:
            # Units that nothing was taken off count as ever.
            reason, gross = None, line.full_price_minor
            if gross < line.total_minor:
                out.append(_partly(line))
        if reason is not None:
            out.append(left_out(reason, line.title or line.product_id))
        elif gross > 0:
            tax = allocate(line.tax_minor, [gross, line.total_minor - gross])[0]
            parts.append(_part(at, line, gross, tax, rules))
    if purchase.shipping_minor > 0:
        if rules.shipping:
            out.append(left_out(SHIPPING))
        else:
            gross, taxed = purchase.shipping_minor, purchase.shipping_tax_minor
            parts.append(_part(SHIPPING_PART, None, gross, taxed, rules))
    tax = sum(part.gross_minor - part.minor for part in parts)
    if tax:
        out.append(left_out(TAX, amount_minor=tax))
    return parts, out


def _part(at: int, line: PricedLine | None, gross: int, tax: int, rules: Exclusions) -> Part:
    return Part(at, line, gross, gross - min(max(tax, 0), gross) if rules.tax else gross)


def _partly(line: PricedLine) -> LeftOut:
    return left_out(
        PARTLY,
        line.title or line.product_id,
        units=line.reduced_quantity,
        all=line.quantity,
    )


def _reason(line: PricedLine, rules: Exclusions) -> tuple[str, str] | None:
    if rules.gift_cards and line.is_gift_card:
        return GIFT_CARD
    if rules.choice.holds(line):
        return EXCLUDED
    if rules.discounted and line.is_discounted:
        return DISCOUNTED
    return None


def base_of(parts: Iterable[Part]) -> int:
    return sum(part.minor for part in parts)
