"""Words that the sentences of several conditions share. All translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.conf import settings
from clm_plugin.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

NO_NAMES: Mapping[str, str] = {}
_SHOWN = 5
"""Entries of a list that a sentence names."""


def joined(parts: Sequence[str], word: str) -> str:
    """``a, b and c``; a list of one is its entry."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def names_of(keys: Sequence[str], names: Mapping[str, str] = NO_NAMES) -> str:
    """Keys by their names: ``Shoes, Bags or 7 others``."""
    shown = [names.get(key) or f"“{key}”" for key in keys[:_SHOWN]]
    rest = len(keys) - _SHOWN
    if rest > 0:
        shown.append(ngettext("%(n)d other", "%(n)d others", rest) % {"n": rest})
    return joined(shown, _("or"))


def things(products: Sequence[str], categories: Sequence[str], labels: Any) -> str:
    """``Blue mug or anything of Shoes``."""
    parts = [names_of(products, labels.products)] if products else []
    if categories:
        parts.append(_("anything of %(what)s") % {"what": names_of(categories, labels.categories)})
    return joined(parts, _("or"))


def within(days: int | None) -> str:
    """`` in the last 7 days``, or nothing."""
    if days is None:
        return ""
    return " " + ngettext("in the last day", "in the last %(n)d days", days) % {"n": days}


def spread(low: Any, high: Any, *, below: bool = False) -> str:
    """A range in words; ``below``: its upper end is not part of it."""
    if low is not None and low == high:
        return _("exactly %(n)s") % {"n": low}
    if high is None:
        return _("at least %(n)s") % {"n": low}
    if low is None:
        return (_("less than %(n)s") if below else _("at most %(n)s")) % {"n": high}
    text = _("at least %(low)s and less than %(high)s") if below else _("%(low)s to %(high)s")
    return text % {"low": low, "high": high}


def times(low: int | None, high: int | None) -> str:
    """``at least 3 times``."""
    number = high if low is None else low
    return ngettext("%(range)s time", "%(range)s times", number or 0) % {"range": spread(low, high)}


def amount(minor: int) -> str:
    """Minor units of the shop's currency: ``1,234.50 GBP``."""
    currency = settings.CURRENCY
    value = number_format(Money(minor, currency).amount, exponent(currency), use_l10n=True)
    return f"{value} {currency}"


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def day(at: date) -> str:
    return date_format(at, "DATE_FORMAT")


def ago(at: datetime, now: datetime) -> str:
    """``3 days ago``, ``today``."""
    days = (now - at).days
    if days <= 0:
        return _("today") if at <= now else _("in the future")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def newest(moments: Iterable[datetime], now: datetime) -> str:
    """``, last 3 days ago``, or nothing."""
    last = max(moments, default=None)
    return "" if last is None else ", " + _("last %(ago)s") % {"ago": ago(last, now)}
