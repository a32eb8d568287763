"""What an order or an event earns. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from clm_plugin.money import allocate
from clm_plugin.wallet.counting import (
    BUDGET,
    BY_CREDIT,
    CODES,
    CURRENCY,
    EARN_CLOSED,
    MIN_ORDER,
    PER_CUSTOMER,
    PER_ORDER,
    PER_PERIOD,
    TOO_LATE,
    Part,
    base_of,
    counted,
    left_out,
)
from clm_plugin.wallet.terms import terms

if TYPE_CHECKING:
    from clm_plugin.wallet.plan import EarnRule, LeftOut, Programme, Rounding
    from clm_plugin.wallet.purchase import Purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """What somebody earned of a programme already, less what was taken back.

    ``budget_left_minor`` None: no budget, or it is not known here (the ledger stops it anyway).
    """

    period_minor: int = 0
    customer_minor: int = 0
    budget_left_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A line that earned: what of it counted, and how often (``percent`` 200: twice)."""

    title: str
    minor: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """What is earned, the lines that count, and all that was left out or capped."""

    amount_minor: int
    base_minor: int = 0
    lines: tuple[Counted, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    capped: tuple[LeftOut, ...] = ()


NOTHING = SoFar()
Boost = Callable[[int | None, str, datetime], int]
"""How many per cent of the usual somebody (None: a guest) earns of a programme at a moment."""


def no_boost(profile_id: int | None, programme: str, at: datetime) -> int:
    return 100


def earned(
    programme: Programme,
    purchase: Purchase,
    so_far: SoFar = NOTHING,
    *,
    at: datetime,
    boost_percent: int = 100,
) -> Earning:
    """What a purchase at a moment earns. What is paid with credit earns nothing.

    A minimum order is of what counts. Multiplied lines count as if they cost that much more; of the
    programme's multipliers and ``boost_percent`` (an offer of the buyer's own) the best one.
    """
    if not programme.order_rules:
        return Earning(amount_minor=0)
    closed = _closed(programme, purchase, at)
    if closed is not None:
        return Earning(amount_minor=0, left_out=(left_out(closed),))
    parts, out = counted(purchase, programme.earn_exclusions)
    parts = _less_credit(parts, purchase, out)
    base = base_of(parts)
    lines = tuple(_told(programme, part, boost_percent) for part in parts if part.minor)
    least = programme.min_order_minor
    if base < least:
        out.append(left_out(MIN_ORDER, least_minor=least, short_minor=least - base))
        return Earning(amount_minor=0, base_minor=base, lines=lines, left_out=tuple(out))
    weighted = sum(part.minor * _percent(programme, part, boost_percent) for part in parts)
    exact = sum((_of_rule(rule, weighted) for rule in programme.order_rules), Fraction(0))
    amount, capped = _cap(programme, rounded(exact, programme.rounding), so_far)
    return Earning(
        amount_minor=amount,
        base_minor=base,
        lines=lines,
        left_out=tuple(out),
        capped=tuple(capped),
    )


def for_event(
    programme: Programme, rule: EarnRule, so_far: SoFar = NOTHING, *, at: datetime
) -> Earning:
    """What an event earns: the rule's amount, under the caps of period and customer."""
    if not programme.earns_at(at):
        return Earning(amount_minor=0, left_out=(left_out(EARN_CLOSED),))
    if terms(programme, at) is None:
        return Earning(amount_minor=0, left_out=(left_out(TOO_LATE),))
    amount, capped = _cap(programme, rule.amount_minor, so_far, order=False)
    return Earning(amount_minor=amount, capped=tuple(capped))


def taken_back(earned_minor: int, *, total: int, before: int, refund: int) -> int:
    """How much of what an order earned goes with one refund of it, in proportion.

    ``total`` is all the order cost and ``before`` what was refunded earlier. Refunds take shares of
    the whole cut at fixed places, so that however an order is refunded the shares add up to
    exactly what it earned.
    """
    if total <= 0:
        return earned_minor if before == 0 else 0
    start, end = min(max(before, 0), total), min(max(before + refund, 0), total)
    return _share(earned_minor, end, total) - _share(earned_minor, start, total)


def _share(amount: int, part: int, whole: int) -> int:
    return allocate(amount, [part, whole - part])[0]


def rounded(exact: Fraction, rounding: Rounding) -> int:
    """A sum as a whole number of the rounding's unit."""
    units = exact / max(rounding.unit_minor, 1)
    whole = units.numerator // units.denominator
    if rounding.direction == "half_up" and units - whole >= Fraction(1, 2):
        whole += 1
    return whole * max(rounding.unit_minor, 1)


def _closed(programme: Programme, purchase: Purchase, at: datetime) -> tuple[str, str] | None:
    if purchase.currency != programme.currency:
        return CURRENCY
    if not programme.earns_at(at):
        return EARN_CLOSED
    if terms(programme, at) is None:
        return TOO_LATE
    if purchase.codes and not programme.combines.earn_with_codes:
        return CODES
    return None


def _less_credit(parts: list[Part], purchase: Purchase, out: list[LeftOut]) -> list[Part]:
    """The parts without what credit paid of them: it is spread over all that was bought."""
    paid = min(purchase.paid_by_credit_minor, purchase.total_minor)
    if paid <= 0:
        return parts
    weights = [max(line.total_minor, 0) for line in purchase.lines]
    shares = allocate(paid, [*weights, max(purchase.shipping_minor, 0)])
    out.append(left_out(BY_CREDIT, amount_minor=paid))
    return [_less(part, _of_part(shares[part.at], part)) for part in parts]


def _of_part(share: int, part: Part) -> int:
    """What of a line's share falls on the part of it that counts."""
    whole = part.gross_minor if part.line is None else part.line.total_minor
    return allocate(share, [part.gross_minor, whole - part.gross_minor])[0]


def _less(part: Part, share: int) -> Part:
    gross = part.gross_minor - share
    return Part(part.at, part.line, gross, part.minor * gross // part.gross_minor)


def _percent(programme: Programme, part: Part, boost: int) -> int:
    """How often a part counts: the best multiplier, not their product."""
    line = part.line
    fitting = (each.percent for each in programme.multipliers if line and each.choice.holds(line))
    return max(100, boost, *fitting)


def _told(programme: Programme, part: Part, boost: int) -> Counted:
    title = "" if part.line is None else part.line.title or part.line.product_id
    return Counted(title=title, minor=part.minor, percent=_percent(programme, part, boost))


def _of_rule(rule: EarnRule, weighted: int) -> Fraction:
    """``weighted`` is in hundredths of a minor unit."""
    if rule.kind == "per_full":
        return Fraction(weighted // (100 * rule.per_minor) * rule.amount_minor)
    return Fraction(weighted * rule.basis_points, 100 * 10_000)


def _cap(
    programme: Programme, amount: int, so_far: SoFar, *, order: bool = True
) -> tuple[int, list[LeftOut]]:
    """The amount under the caps, and those that bit."""
    caps = programme.caps
    capped = []
    if order and caps.order_minor is not None and amount > caps.order_minor:
        amount = caps.order_minor
        capped.append(left_out(PER_ORDER, cap_minor=amount))
    if caps.period_minor is not None:
        room, had = max(caps.period_minor - so_far.period_minor, 0), so_far.period_minor
        if amount > room:
            amount = room
            values = {"cap_minor": caps.period_minor, "days": caps.period_days, "had_minor": had}
            capped.append(left_out(PER_PERIOD, **values))
    if caps.customer_minor is not None:
        room, had = max(caps.customer_minor - so_far.customer_minor, 0), so_far.customer_minor
        if amount > room:
            amount = room
            capped.append(left_out(PER_CUSTOMER, cap_minor=caps.customer_minor, had_minor=had))
    if so_far.budget_left_minor is not None and amount > so_far.budget_left_minor:
        # All or nothing, as the ledger does it: half a bonus would need an explanation of its own.
        amount = 0
        capped.append(left_out(BUDGET))
    return amount, capped
