"""A programme in words, field by field, and what differs between two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.wallet.blocks import EARN_EVENTS
from clm_plugin.wallet.terms import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from clm_plugin.wallet.plan import Choice, EarnRule, Exclusions, Programme


@dataclass(frozen=True, slots=True)
class Names:
    """Titles for ids; an id without one stands for itself."""

    products: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that would change; ``before`` is empty where there is no live version."""

    label: str
    before: str
    after: str


def differences(before: Programme | None, after: Programme, names: Names) -> list[Difference]:
    """What publishing changes, in the order of the form; all fields for a new programme."""
    old = dict(described(before, names)) if before is not None else {}
    return [
        Difference(label, old.get(label, ""), text)
        for label, text in described(after, names)
        if old.get(label) != text
    ]


def described(plan: Programme, names: Names) -> list[tuple[str, str]]:
    """Each field of a programme as (its label, what it says)."""
    return [
        (_("Name"), plan.name),
        (_("Currency"), plan.currency),
        *_earning(plan, names),
        *_dates(plan),
        *_spending(plan, names),
        (_("When an order that earned is refunded"), _policy(plan)),
        (
            _("Grace for a refund of expired credit"),
            _days(plan.grace_days) if plan.grace_days else _("none"),
        ),
    ]


def _earning(plan: Programme, names: Names) -> list[tuple[str, str]]:
    rules = [_rule(rule, plan) for rule in plan.earn]
    rules += [
        _("%(times)s times for %(what)s")
        % {"times": _number(each.percent, 100), "what": _choice(each.choice, names)}
        for each in plan.multipliers
    ]
    caps = plan.caps
    return [
        (_("Earned"), "; ".join(rules) or _("only what is granted by hand or by campaigns")),
        (_("Earned from"), _window(plan.earn_from, plan.earn_until, plan.zone)),
        (_("Does not count when earning"), _excluded(plan.earn_exclusions, names)),
        (_("Smallest order that earns"), _amount(plan.min_order_minor or None, plan)),
        (_("At most for one order"), _amount(caps.order_minor, plan)),
        (
            _("At most in a period"),
            _("%(amount)s in %(days)s")
            % {"amount": _amount(caps.period_minor, plan), "days": _days(caps.period_days)}
            if caps.period_minor is not None
            else _("no limit"),
        ),
        (_("At most for one customer, ever"), _amount(caps.customer_minor, plan)),
        (_("At most in all"), _amount(plan.budget_minor, plan)),
        (_("Rounded"), _rounding(plan)),
        (_("Earned together with voucher codes"), _yes(plan.combines.earn_with_codes)),
    ]


def _dates(plan: Programme) -> list[tuple[str, str]]:
    if plan.expiry.kind == "days":
        expiry = _("%(days)s after it opens, at midnight in the zone %(zone)s") % {
            "days": _days(plan.expiry.days),
            "zone": plan.zone,
        }
    elif plan.expiry.kind == "window":
        expiry = _("on the last day to spend it, at midnight in the zone %(zone)s") % {
            "zone": plan.zone
        }
    else:
        expiry = _("never")
    opens = _days(plan.pending_days) if plan.pending_days else _("at once")
    return [
        (_("Opens after"), opens),
        (_("Expires"), expiry),
        (_("Spent from"), _window(plan.redeem_from, plan.redeem_until, plan.zone)),
    ]


def _spending(plan: Programme, names: Names) -> list[tuple[str, str]]:
    spend, together = plan.spend, plan.combines
    share = {"percent": spend.max_percent}
    return [
        (_("Cannot be paid with it"), _excluded(spend.exclusions, names)),
        (_("Smallest order it pays"), _amount(spend.min_order_minor or None, plan)),
        (
            _("Share of an order it pays"),
            _("all of it")
            if spend.max_percent == 100
            else _("at most %(percent)s per cent") % share,
        ),
        (_("Pays at most of one order"), _amount(spend.max_minor, plan)),
        (_("Spent together with voucher codes"), _yes(together.spend_with_codes)),
        (_("Spent together with other credit"), _yes(together.spend_with_others)),
    ]


def _rule(rule: EarnRule, plan: Programme) -> str:
    if rule.kind == "per_full":
        return _("%(amount)s for every full %(per)s of one order") % {
            "amount": _amount(rule.amount_minor, plan),
            "per": _amount(rule.per_minor, plan),
        }
    if rule.kind == "percent":
        return _("%(percent)s per cent of an order") % {"percent": _number(rule.basis_points, 100)}
    often = {"ever": _("once"), "year": _("once a year"), "each": _("each time")}[rule.once]
    text = _("%(amount)s, %(often)s: %(event)s") % {
        "amount": _amount(rule.amount_minor, plan),
        "often": often,
        "event": EARN_EVENTS.get(rule.event, rule.event),
    }
    if rule.about:
        text += f" ({rule.about})"
    return text + _(", after an order") if rule.waits_for_order else text


def _excluded(exclusions: Exclusions, names: Names) -> str:
    found = [
        text
        for given, text in (
            (exclusions.gift_cards, _("gift cards")),
            (exclusions.discounted, _("what is reduced already")),
            (exclusions.shipping, _("shipping")),
            (exclusions.tax, _("tax")),
        )
        if given
    ]
    chosen = _choice(exclusions.choice, names)
    return ", ".join([*found, chosen] if chosen else found) or _("nothing is left out")


def _choice(choice: Choice, names: Names) -> str:
    parts = [names.categories.get(one, one) for one in choice.categories]
    parts += [names.products.get(one, one) for one in choice.products]
    return ", ".join(parts)


def choices_of(plans: Iterable[Programme]) -> tuple[set[str], set[str]]:
    """The ids of products and of categories that these programmes name."""
    choices = [
        choice
        for plan in plans
        for choice in (
            plan.earn_exclusions.choice,
            plan.spend.exclusions.choice,
            *(each.choice for each in plan.multipliers),
        )
    ]
    products = {one for choice in choices for one in choice.products}
    return products, {one for choice in choices for one in choice.categories}


def _window(start: datetime | None, end: datetime | None, zone: str) -> str:
    first = date_format(last_day(start + timedelta(microseconds=1), zone)) if start else ""
    last = date_format(last_day(end, zone)) if end else ""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("%(first)s on") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("always")


def _policy(plan: Programme) -> str:
    return {
        "lot": _("what is left of it is taken back"),
        "debt": _("it is taken back, and what was spent is paid by later bonus"),
        "reduce_refund": _("it is taken back, and what was spent is kept from the refund"),
    }[plan.refund_policy]


def _rounding(plan: Programme) -> str:
    way = _("down") if plan.rounding.direction == "down" else _("to the nearest")
    return _("%(way)s, to %(unit)s") % {
        "way": way,
        "unit": _amount(plan.rounding.unit_minor, plan),
    }


def _amount(minor: int | None, plan: Programme) -> str:
    return _("no limit") if minor is None else price(Money(minor, plan.currency))


def _days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _number(value: int, per: int) -> str:
    return f"{value / per:g}"


def _yes(answer: bool) -> str:
    return _("yes") if answer else _("no")
