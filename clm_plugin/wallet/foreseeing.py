"""What a purchase will earn, when that opens, and how little more would earn more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clm_plugin.wallet.counting import MIN_ORDER
from clm_plugin.wallet.earned_so_far import for_guest, so_far
from clm_plugin.wallet.earning import NOTHING, earned, no_boost
from clm_plugin.wallet.programmes import live_programmes
from clm_plugin.wallet.purchase import PricedLine
from clm_plugin.wallet.terms import terms
from clm_plugin.wallet.words import in_words

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.earning import Boost, Earning, SoFar
    from clm_plugin.wallet.plan import LeftOut, Programme
    from clm_plugin.wallet.purchase import Purchase

_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a purchase earns of one programme. ``left_out`` is in the language in force.

    ``missing_minor`` more of what counts would earn ``gain_minor`` more; both 0: no such step.
    ``expires_at`` None: never.
    """

    programme: Programme
    amount_minor: int
    opens_at: datetime
    expires_at: datetime | None
    left_out: tuple[LeftOut, ...] = ()
    missing_minor: int = 0
    gain_minor: int = 0


def foresee(
    profile_id: int | None, purchase: Purchase, *, at: datetime, boost: Boost = no_boost
) -> tuple[Foreseen, ...]:
    """By programme that orders earn now; ``profile_id`` None: a guest, who has earned nothing yet.

    ``boost`` is what ``earn`` will be given. At most three queries beside its own: programmes,
    caps, budgets; a guest without budgets has one.
    """
    plans = [
        plan
        for plan in live_programmes().plans.values()
        if plan.currency == purchase.currency and plan.order_rules and plan.earns_at(at)
    ]
    if profile_id is None:
        known = for_guest(plans)
    else:
        rows = so_far(plans, [profile_id], now=at)
        known = {key: sums for (_, key), sums in rows.items()}
    found = (
        _foreseen(plan, purchase, known.get(plan.key, NOTHING), at, boost(profile_id, plan.key, at))
        for plan in plans
    )
    return tuple(each for each in found if each is not None)


def _foreseen(
    plan: Programme, purchase: Purchase, had: SoFar, at: datetime, percent: int
) -> Foreseen | None:
    when = terms(plan, at)
    if when is None:
        return None
    found = earned(plan, purchase, had, at=at, boost_percent=percent)
    missing, gain = next_step(plan, purchase, had, at=at, boost_percent=percent) or (0, 0)
    told = (out for out in (*found.left_out, *found.capped) if out.code != MIN_ORDER[0] or not gain)
    return Foreseen(
        programme=plan,
        amount_minor=found.amount_minor,
        opens_at=when.opens_at,
        expires_at=when.expires_at,
        left_out=tuple(in_words(out, purchase.currency) for out in told),
        missing_minor=missing,
        gain_minor=gain,
    )


def next_step(
    plan: Programme,
    purchase: Purchase,
    had: SoFar = NOTHING,
    *,
    at: datetime,
    boost_percent: int = 100,
) -> tuple[int, int] | None:
    """(how much more of what counts, how much more it earns) up to the next step; pure.

    Steps are the minimum order and each next full amount. None where there is none, or a cap is
    in its way: the rules themselves are asked whether it would be earned.
    """

    def with_(more: int) -> Earning:
        bought = _with(purchase, more) if more else purchase
        return earned(plan, bought, had, at=at, boost_percent=boost_percent)

    now_ = with_(0)
    for more in sorted(_steps(plan, now_, boost_percent)):
        missing = more
        for _ in range(_TRIES):
            then = with_(missing)
            if then.amount_minor > now_.amount_minor:
                return missing, then.amount_minor - now_.amount_minor
            # What credit pays is spread over all lines, the new one too: it takes a little more.
            short = more - (then.base_minor - now_.base_minor)
            if short <= 0:
                break
            missing += short
    return None


def _steps(plan: Programme, found: Earning, boost: int) -> set[int]:
    """How much more of what counts: a boost is of what is put in as well."""
    weighted = sum(line.minor * line.percent for line in found.lines)
    steps = {
        -(-(100 * rule.per_minor - weighted % (100 * rule.per_minor)) // max(boost, 100))
        for rule in plan.order_rules
        if rule.kind == "per_full" and rule.per_minor > 0
    }
    if found.base_minor < plan.min_order_minor:
        steps.add(plan.min_order_minor - found.base_minor)
    return steps


def _with(purchase: Purchase, minor: int) -> Purchase:
    """The purchase with one more line, of a product that no rule names."""
    return replace(purchase, lines=(*purchase.lines, PricedLine(product_id="", total_minor=minor)))
