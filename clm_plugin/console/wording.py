"""What people read in place of codes: money, shares, times, stages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.money import exponent
from clm_plugin.profiles.api import consent_key

_SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CHF": "CHF ", "CNY": "CN¥", "EUR": "€", "GBP": "£",
    "HKD": "HK$", "IDR": "Rp ", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$",
    "PHP": "₱", "PLN": "zł ", "SGD": "S$", "THB": "฿", "TRY": "₺", "USD": "$", "VND": "₫",
    "ZAR": "R ",
}  # fmt: skip


def money(minor: int, currency: str) -> str:
    """Minor units as text: ``(-123450, "GBP")`` gives ``−£1,234.50``."""
    digits = exponent(currency)
    amount = number_format(
        Decimal(abs(minor)).scaleb(-digits), decimal_pos=digits, force_grouping=True
    )
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{'−' if minor < 0 else ''}{symbol}{amount}"


def whole(number: int) -> str:
    """A whole number with the digits of its language grouped."""
    return number_format(number, force_grouping=True)


def percent(share: float) -> str:
    """A share of 1: one decimal under ten per cent, none above."""
    value = share * 100
    if value == 0:
        return _("0 %")
    if value < 0.1:
        return _("< 0.1 %")
    return _("%(value)s %%") % {"value": number_format(value, decimal_pos=1 if value < 10 else 0)}


def day(at: datetime) -> str:
    """A date that nobody can read the wrong way round, in the reader's time zone."""
    return format_date(timezone.localtime(at), pgettext("date format", "j M Y"))


def date_only(on: date) -> str:
    """A date without a time, written like ``day``."""
    return format_date(on, pgettext("date format", "j M Y"))


def moment(at: datetime) -> str:
    """Date and time, in the reader's time zone."""
    return format_date(timezone.localtime(at), pgettext("date and time format", "j M Y, H:i"))


def hour(at: datetime) -> str:
    """The time of day, in the reader's time zone."""
    return format_date(timezone.localtime(at), pgettext("time format", "H:i"))


_PURPOSES = {
    "analytics": gettext_noop("analytics"),
    "personalisation": gettext_noop("personalisation"),
    "marketing": gettext_noop("marketing"),
}
_CHANNELS = {
    "mail": gettext_noop("marketing by mail"),
    "push": gettext_noop("marketing by push message"),
    "sms": gettext_noop("marketing by text message"),
    "phone": gettext_noop("marketing by phone"),
    "post": gettext_noop("marketing by post"),
}


def purpose(key: str, channel: str = "") -> str:
    """What a person agreed to or refused; the key itself for one that we do not know."""
    name, by = consent_key(key, channel)
    if by in _CHANNELS:
        return _(_CHANNELS[by])
    return _(_PURPOSES[name]) if name in _PURPOSES else name


def stage_label(key: str) -> str:
    """The name of a stage; its key in words for one of a model that is gone."""
    return lifecycle.stage_label(key)


def stage_tone(key: str) -> str:
    """``loss`` for a stage in which people are on their way out, else nothing."""
    for model in (lifecycle.current_model(), lifecycle.DEFAULT):
        stage = model.stage(key)
        if stage is not None:
            return "loss" if stage.loss else ""
    return ""
