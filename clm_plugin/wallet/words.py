"""Explanations of the rules in the language in force, with money and dates as people read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.wallet.terms import last_day

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.plan import LeftOut


def in_words(out: LeftOut, currency: str) -> LeftOut:
    """The same with the finished sentence as its reason."""
    values = {
        name: price(Money(value, currency)) if name.endswith("_minor") else str(value)
        for name, value in out.values
    }
    return replace(out, reason=_(out.reason) % values, title=out.title)


def good_until(end: datetime | None, zone: str) -> str:
    """The last day on which credit is good, by the shop's clock; "" when it does not expire."""
    return "" if end is None else date_format(last_day(end, zone))


def day_of(at: datetime, zone: str) -> str:
    """The day of a moment by the shop's clock."""
    return date_format(at.astimezone(ZoneInfo(zone)).date())
