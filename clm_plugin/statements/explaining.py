"""The rules of a programme as sentences: how credit is earned, and what it can buy."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import get_format, localize
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from clm_plugin.money import Money, exponent
from clm_plugin.shop.api import price
from clm_plugin.statements.days import moment, until, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from clm_plugin.wallet.plan import Choice, EarnRule, Exclusions, Programme

    Namer = Callable[[Choice], list[str]]
    """Names of the products and categories of a choice."""

_EVENTS = {
    "customer.registered": gettext_lazy("for creating an account"),
    "review.added": gettext_lazy("for a review"),
    "life_event.declared": gettext_lazy("for a day that matters to you"),
    "survey.answered": gettext_lazy("for answering a survey"),
    "referral.converted": gettext_lazy("for a friend of yours who orders"),
}


def earn_sentences(plan: Programme, names: Namer) -> tuple[str, ...]:
    """How credit is earned, a rule each."""
    found = [_rule(plan, rule) for rule in plan.earn]
    for each in plan.multipliers:
        chosen = names(each.choice)
        if chosen:
            words = {"names": _listed(chosen), "times": _number(Decimal(each.percent) / 100)}
            found.append(_("%(names)s: counts %(times)s times.") % words)
    return tuple(found)


def order_rule(plan: Programme) -> str:
    """How orders earn, in one line; "" where they do not."""
    return " ".join(_rule(plan, rule) for rule in plan.order_rules)


def earn_small_print(plan: Programme, names: Namer, *, now: datetime) -> tuple[str, ...]:
    """What limits the earning, when it opens and until when it is good."""
    found = []
    if plan.order_rules:
        if plan.min_order_minor:
            least = _money(plan, plan.min_order_minor)
            found.append(_("From %(least)s of what counts.") % {"least": least})
        left = _left_out(plan.earn_exclusions, names)
        if left:
            found.append(_("Does not count: %(things)s.") % {"things": _listed(left)})
        if not plan.combines.earn_with_codes:
            found.append(_("Nothing is earned together with a voucher code."))
    found += _caps(plan)
    found += _windows(plan, now)
    return tuple(found)


def spend_sentences(plan: Programme | None, names: Namer) -> tuple[str, ...]:
    """What the credit of a programme can buy."""
    if plan is None:
        return (_("Ask the shop what it can buy."),)
    rules = plan.spend
    left = _left_out(rules.exclusions, names)
    found = [
        _("Buys everything except %(things)s.") % {"things": _listed(left)}
        if left
        else _("Buys everything in the shop.")
    ]
    if rules.min_order_minor:
        least = _money(plan, rules.min_order_minor)
        found.append(_("For orders from %(least)s on.") % {"least": least})
    if rules.max_percent < 100:
        share = {"percent": rules.max_percent}
        found.append(_("Pays at most %(percent)s per cent of them.") % share)
    if rules.max_minor is not None:
        most = _money(plan, rules.max_minor)
        found.append(_("Pays at most %(most)s of one order.") % {"most": most})
    if not plan.combines.spend_with_codes:
        found.append(_("Not together with a voucher code."))
    if not plan.combines.spend_with_others:
        found.append(_("Not together with other store credit."))
    return tuple(found)


def _rule(plan: Programme, rule: EarnRule) -> str:
    if rule.kind == "per_full":
        words = {"amount": _money(plan, rule.amount_minor), "per": _money(plan, rule.per_minor)}
        return _("%(amount)s for every full %(per)s of one order.") % words
    if rule.kind == "percent":
        percent = _number(Decimal(rule.basis_points) / 100)
        return _("%(percent)s per cent of each order.") % {"percent": percent}
    words = {"amount": _money(plan, rule.amount_minor), "what": str(_EVENTS.get(rule.event, ""))}
    sentence = _("%(amount)s %(what)s.") % words
    if rule.once == "year":
        sentence += " " + _("Once a year.")
    if rule.waits_for_order:
        sentence += " " + _("It comes with your next order.")
    return sentence


def _left_out(rules: Exclusions, names: Namer) -> list[str]:
    found = names(rules.choice)
    kinds = (
        (rules.gift_cards, _("gift cards")),
        (rules.discounted, _("what is reduced already")),
        (rules.shipping, _("shipping")),
        (rules.tax, _("tax")),
    )
    return found + [words for is_out, words in kinds if is_out]


def _caps(plan: Programme) -> list[str]:
    caps, found = plan.caps, []
    if caps.order_minor is not None and plan.order_rules:
        found.append(
            _("At most %(most)s for one order.") % {"most": _money(plan, caps.order_minor)}
        )
    if caps.period_minor is not None:
        words = {"most": _money(plan, caps.period_minor), "days": caps.period_days}
        found.append(_("At most %(most)s in %(days)s days.") % words)
    if caps.customer_minor is not None:
        found.append(_("At most %(most)s in all.") % {"most": _money(plan, caps.customer_minor)})
    return found


def _windows(plan: Programme, now: datetime) -> list[str]:
    zone, found = zone_of(plan), []
    if plan.earn_until is not None:
        found.append(_("Earn it until %(day)s.") % {"day": until(plan.earn_until, zone)})
    if plan.redeem_from is not None and plan.redeem_from > now:
        found.append(_("Spend it from %(day)s.") % {"day": moment(plan.redeem_from, zone)})
    elif plan.pending_days:
        found.append(
            ngettext(
                "It opens %(days)s day after it was earned, when nothing was sent back.",
                "It opens %(days)s days after it was earned, when nothing was sent back.",
                plan.pending_days,
            )
            % {"days": plan.pending_days}
        )
    if plan.redeem_until is not None:
        found.append(_("Spend it until %(day)s.") % {"day": until(plan.redeem_until, zone)})
    if plan.expiry.kind == "days":
        found.append(
            ngettext(
                "It is good for %(days)s day after that.",
                "It is good for %(days)s days after that.",
                plan.expiry.days,
            )
            % {"days": plan.expiry.days}
            if plan.pending_days
            else ngettext(
                "It is good for %(days)s day.", "It is good for %(days)s days.", plan.expiry.days
            )
            % {"days": plan.expiry.days}
        )
    return found


def _listed(names: list[str]) -> str:
    return get_text_list(names, pgettext("last of a list", "and"))


def _money(plan: Programme, minor: int) -> str:
    return whole(Money(minor, plan.currency))


def whole(amount: Money) -> str:
    """ "£10" for £10.00, "£10.50" as it is."""
    words, places = price(amount), exponent(amount.currency)
    if not places or amount.minor % 10**places:
        return words
    head, found, rest = words.rpartition(get_format("DECIMAL_SEPARATOR") + "0" * places)
    return head + rest if found and not rest[:1].isdigit() else words


def _number(value: Decimal) -> str:
    """ "2" and "2.5"."""
    return localize(int(value) if value == value.to_integral_value() else value.normalize())
