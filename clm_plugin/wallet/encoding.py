"""A programme's plan as JSON and back. Pure. What is stored is read with suspicion."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money
from clm_plugin.wallet.plan import (
    Caps,
    Choice,
    Combines,
    EarnRule,
    Exclusions,
    Expiry,
    Multiplier,
    Programme,
    Rounding,
    SpendRules,
)

_WINDOWS = ("earn_from", "earn_until", "redeem_from", "redeem_until")
_WRONG = (KeyError, TypeError, ValueError, AttributeError, ClmError)


class PlanError(ClmError):
    """A stored plan that cannot be read, or that no programme of ours can have."""


def to_json(programme: Programme) -> dict[str, Any]:
    """A plan as JSON values; moments in ISO 8601."""
    plan = asdict(programme)
    for name in _WINDOWS:
        plan[name] = None if plan[name] is None else plan[name].isoformat()
    return plan


def from_json(data: Any) -> Programme:
    """The plan that ``to_json`` wrote. Raises PlanError for anything else."""
    try:
        found = _read(dict(data))
        _check(found)
    except _WRONG as error:
        raise PlanError(f"{type(error).__name__}: {error}") from error
    return found


def _read(data: dict[str, Any]) -> Programme:
    spend = dict(data["spend"])
    windows = {name: _moment(data[name]) for name in _WINDOWS}
    whole = Programme(
        **{
            **data,
            **windows,
            "earn": tuple(EarnRule(**rule) for rule in data["earn"]),
            "earn_exclusions": _exclusions(data["earn_exclusions"]),
            "multipliers": tuple(
                Multiplier(percent=each["percent"], choice=_choice(each["choice"]))
                for each in data["multipliers"]
            ),
            "caps": Caps(**data["caps"]),
            "spend": SpendRules(),
            "combines": Combines(**data["combines"]),
            "rounding": Rounding(**data["rounding"]),
            "expiry": Expiry(**data["expiry"]),
        }
    )
    rules = SpendRules(**{**spend, "exclusions": _exclusions(spend["exclusions"])})
    return replace(whole, spend=rules)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _choice(data: dict[str, Any]) -> Choice:
    return Choice(products=tuple(data["products"]), categories=tuple(data["categories"]))


def _exclusions(data: dict[str, Any]) -> Exclusions:
    return Exclusions(**{**data, "choice": _choice(data["choice"])})


def _check(plan: Programme) -> None:
    """What arithmetic would stumble over later, in the middle of somebody's order."""
    Money(0, plan.currency)
    ZoneInfo(plan.zone)
    amounts = [
        plan.min_order_minor,
        plan.pending_days,
        plan.grace_days,
        plan.expiry.days,
        plan.spend.min_order_minor,
        plan.spend.max_percent,
        plan.caps.period_days,
        *(each.percent for each in plan.multipliers),
        *(each.amount_minor for each in plan.earn),
        *(each.basis_points for each in plan.earn),
    ]
    amounts += [
        cap
        for cap in (
            plan.caps.order_minor,
            plan.caps.period_minor,
            plan.caps.customer_minor,
            plan.spend.max_minor,
            plan.budget_minor,
        )
        if cap is not None
    ]
    if any(type(amount) is not int or amount < 0 for amount in amounts):
        raise PlanError("an amount is not a whole number of at least 0")
    if any(rule.kind == "per_full" and rule.per_minor < 1 for rule in plan.earn):
        raise PlanError("a rule earns for every full nothing")
    if plan.rounding.unit_minor < 1:
        raise PlanError("the rounding has no unit")
    for at in (plan.earn_from, plan.earn_until, plan.redeem_from, plan.redeem_until):
        if at is not None and at.tzinfo is None:
            raise PlanError("a window has no time zone")
