"""Offers in words for shoppers: what they give, until when, and why one is not used."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clm_plugin.money import Money
from clm_plugin.offers.plan import Offer
from clm_plugin.shop.api import price
from clm_plugin.zones import zone_name

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.data import Refused, Stack

REASONS = {
    "closed": gettext_lazy("This offer has ended or has not begun."),
    "currency": gettext_lazy("This offer counts only in %(currency)s."),
    "first_order": gettext_lazy("This offer is for a first order."),
    "minimum": gettext_lazy("Add goods for %(lacking)s more; the offer begins at %(minimum)s."),
    "no_goods": gettext_lazy("Nothing in your basket belongs to this offer."),
    "not_for_you": gettext_lazy("This offer is not meant for your account."),
    "not_here": gettext_lazy("This offer takes nothing off an order; it counts by itself."),
    "not_with": gettext_lazy("Not together with “%(others)s”, which saves you more."),
    "nothing_left": gettext_lazy("There is nothing left for this offer to take off."),
    "once": gettext_lazy("This offer counts once in an order; the other code stays yours."),
}
"""Why an offer is not used on a basket, by ``Refused.reason``."""


def why_refused(refused: Refused) -> str:
    """The sentence for a shopper whose offer is not used."""
    inputs = refused.inputs
    values: dict[str, object] = {"currency": inputs.get("currency", "")}
    if "lacking" in inputs:
        values["lacking"] = price(Money(inputs["lacking"], inputs["currency"]))
        values["minimum"] = price(Money(inputs["minor"], inputs["currency"]))
    values["others"] = "”, “".join(inputs.get("others", ()))
    return str(REASONS[refused.reason]) % values


def explain(stack: Stack, currency: str) -> list[str]:
    """A sentence for every offer, used or not: what a shopper reads before she pays."""
    used = [
        _("%(title)s: %(amount)s off.")
        % {
            "title": each.candidate.offer.title,
            "amount": price(Money(each.discount_minor, currency)),
        }
        if each.discount_minor
        else _("%(title)s: comes with your order.") % {"title": each.candidate.offer.title}
        for each in stack.applied
    ]
    rest = [f"{each.candidate.offer.title}: {why_refused(each)}" for each in stack.refused]
    return [*used, *rest]


def gives(offer: Offer) -> str:
    """What an offer gives, in a few words, without its own title."""
    effect, money = offer.effect, _money(offer)
    if effect.kind == "percent":
        return _percent(offer)
    if effect.kind == "amount":
        return _("%(amount)s off") % {"amount": money}
    if effect.kind == "free_shipping":
        return _("Free shipping")
    if effect.kind == "gift":
        return ngettext("A gift", "%(n)s gifts", effect.quantity) % {"n": effect.quantity}
    if effect.kind == "store_credit":
        return _("%(amount)s store credit") % {"amount": money}
    if effect.kind == "multiplier":
        return _("Earn %(n)s times as much") % {"n": _number(effect.factor)}
    if effect.entitlement == "membership":
        text = ngettext("Membership for %(n)s day", "Membership for %(n)s days", effect.days)
    else:
        text = ngettext(
            "Free shipping on every order for %(n)s day",
            "Free shipping on every order for %(n)s days",
            effect.days,
        )
    return text % {"n": effect.days}


def _percent(offer: Offer) -> str:
    number, most = _number(offer.effect.percent), offer.effect.most_minor
    if most is None:
        return _("%(n)s %% off") % {"n": number}
    amount = price(Money(most, offer.currency))
    return _("%(n)s %% off, at most %(most)s") % {"n": number, "most": amount}


def _number(hundredths: int) -> str:
    """1250 as "12.5", in the language in force."""
    places = 0 if not hundredths % 100 else 1 if not hundredths % 10 else 2
    value = Decimal(hundredths) / 100
    return formats.number_format(value, decimal_pos=places, use_l10n=True)


def _money(offer: Offer) -> str:
    return price(Money(offer.effect.amount_minor, offer.currency))


def until(at: datetime | None, zone: str) -> str:
    """An end with its zone: "until 30 November 2026, 17:00 (GMT)"; "" for none.

    Midnight is told as the end of the day before, so that nobody comes a day late.
    """
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if local.time() == time.min:
        # A day before by the wall clock; the zone's name is that of the evening.
        evening = (at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
        last = formats.date_format(evening.date(), "DATE_FORMAT")
        return _("until the end of %(day)s (%(zone)s)") % {"day": last, "zone": zone_name(evening)}
    day, hour = formats.date_format(local, "DATE_FORMAT"), formats.time_format(local, "H:i")
    return _("until %(day)s, %(hour)s (%(zone)s)") % {
        "day": day, "hour": hour, "zone": zone_name(local)
    }  # fmt: skip


def as_sentence(words: str) -> str:
    """With a capital and a full stop, as the reader's language writes it."""
    return _("%(words)s.") % {"words": words[:1].upper() + words[1:]}


def small_print(offer: Offer, expires_at: datetime | None = None) -> list[str]:
    """The conditions a shopper has to know, a sentence each; the author's own last."""
    found = []
    ends = min((at for at in (offer.closes_at, expires_at) if at is not None), default=None)
    if ends is not None:
        found.append(as_sentence(until(ends, offer.zone)))
    minimum = offer.conditions.min_basket_minor
    if minimum:
        found.append(
            _("From %(amount)s of goods.") % {"amount": price(Money(minimum, offer.currency))}
        )
    if offer.conditions.first_order:
        found.append(_("For a first order."))
    if offer.conditions.full_price_only:
        found.append(_("Not on goods that are already reduced."))
    if offer.combines == "alone" and offer.effect.kind in ("percent", "amount"):
        found.append(_("Not together with other offers."))
    return [*found, *([offer.terms] if offer.terms else [])]
