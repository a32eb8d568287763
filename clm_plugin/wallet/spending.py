"""How much of a purchase credit may pay. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clm_plugin.wallet.counting import (
    CODES,
    CURRENCY,
    MIN_ORDER,
    OTHERS,
    SHARE,
    SPEND_CAP,
    Part,
    base_of,
    counted,
    left_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clm_plugin.wallet.plan import LeftOut, Programme
    from clm_plugin.wallet.purchase import Purchase

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What somebody has of one programme to spend now, and when the next of it expires."""

    available_minor: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spendable:
    """Up to how much credit may pay, the most by programme, and what was left out and why.

    Any amounts up to ``per_programme`` can be paid together: no line is paid twice.
    """

    amount_minor: int = 0
    per_programme: dict[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()


@dataclass(slots=True)
class _Fit:
    """A programme, what it may pay of which parts, and the most it may pay in all."""

    programme: Programme
    parts: list[Part]
    most: int
    expires_at: datetime


def spendable(
    programmes: Sequence[Programme], purchase: Purchase, purses: Mapping[str, Purse]
) -> Spendable:
    """What may be paid with credit. Programmes somebody has nothing of are not looked at.

    A minimum order is of what may be paid with this credit. Programmes that may pay for less come
    first, so that the others are left what only they may pay; then what expires sooner. When credit
    may be spent is written on each lot, and a later edit of the redeem window changes none.
    """
    fits: list[_Fit] = []
    out: list[LeftOut] = []
    for programme in programmes:
        purse = purses.get(programme.key)
        if purse is None or purse.available_minor <= 0:
            continue
        fit, reasons = _fit(programme, purchase, purse)
        out += [reason for reason in reasons if reason not in out]
        if fit is not None:
            fits.append(fit)
    chosen, lonely = _together(fits, purchase)
    if lonely:
        out.append(left_out(OTHERS))
    found = _spread(chosen, purchase)
    return Spendable(
        amount_minor=sum(found.values()),
        per_programme=dict.fromkeys(purses, 0) | found,
        left_out=tuple(out),
    )


def _fit(
    programme: Programme, purchase: Purchase, purse: Purse
) -> tuple[_Fit | None, list[LeftOut]]:
    rules = programme.spend
    closed = _closed(programme, purchase)
    if closed is not None:
        # A currency is hidden, not converted: nothing to say about it in this basket (case 39).
        return None, [] if closed is CURRENCY else [left_out(closed)]
    parts, out = counted(purchase, rules.exclusions)
    base = base_of(parts)
    if base < rules.min_order_minor:
        short = rules.min_order_minor - base
        why = left_out(MIN_ORDER, least_minor=rules.min_order_minor, short_minor=short)
        return None, [*out, why]
    most = min(purse.available_minor, base)
    share = base * rules.max_percent // 100
    if most > share:
        most = share
        out.append(left_out(SHARE, percent=rules.max_percent))
    if rules.max_minor is not None and most > rules.max_minor:
        most = rules.max_minor
        out.append(left_out(SPEND_CAP, cap_minor=most))
    return _Fit(programme, parts, most, purse.expires_at or _LATEST), out


def _closed(programme: Programme, purchase: Purchase) -> tuple[str, str] | None:
    if purchase.currency != programme.currency:
        return CURRENCY
    if purchase.codes and not programme.combines.spend_with_codes:
        return CODES
    return None


def _together(fits: list[_Fit], purchase: Purchase) -> tuple[list[_Fit], bool]:
    """The programmes that pay together, or the one alone that pays more; whether any was left."""
    social = [fit for fit in fits if fit.programme.combines.spend_with_others]
    if len(fits) == 1 or len(social) == len(fits):
        return fits, False
    alone = [[fit] for fit in fits if not fit.programme.combines.spend_with_others]
    ways = [way for way in (social, *alone) if way]
    best = max(ways, key=lambda way: sum(_spread(way, purchase).values()))
    return best, True


def _spread(fits: Iterable[_Fit], purchase: Purchase) -> dict[str, int]:
    """An amount for each programme such that no part of the purchase is paid twice."""
    ordered = sorted(fits, key=lambda fit: (base_of(fit.parts), fit.expires_at, fit.programme.key))
    wanted = [{part.at for part in fit.parts} for fit in ordered]
    left = dict(enumerate(line.total_minor for line in purchase.lines))
    left[-1] = purchase.shipping_minor
    room = max(purchase.total_minor - purchase.paid_by_credit_minor, 0)
    found: dict[str, int] = {}
    for number, fit in enumerate(ordered):
        rest, paid = min(fit.most, room), 0
        # Parts that no later programme may pay first, so that those keep what they need.
        later = wanted[number + 1 :]
        for part in sorted(fit.parts, key=lambda p: (sum(p.at in w for w in later), p.at)):
            take = min(rest, part.minor, left[part.at])
            left[part.at] -= take
            rest -= take
            paid += take
        room -= paid
        found[fit.programme.key] = paid
    return found
