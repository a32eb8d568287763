"""The stages' headline numbers in words: name, value, how it is made up, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from clm_plugin.console.wording import money, percent, whole
from clm_plugin.insights.api import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

NAMES: dict[str, _StrPromise] = {
    "new_visitors": gettext_lazy("New visitors"),
    "cost_per_visitor": gettext_lazy("Cost per new visitor"),
    "conversion": gettext_lazy("Conversion"),
    "payback": gettext_lazy("Payback on margin"),
    "second_order": gettext_lazy("Second order"),
    "days_to_second": gettext_lazy("Time to second order"),
    "click_rate": gettext_lazy("Click rate"),
    "retention": gettext_lazy("Retention"),
    "churn": gettext_lazy("Churn"),
    "won_back": gettext_lazy("Won back"),
    "frequency": gettext_lazy("Purchase frequency"),
    "referral": gettext_lazy("Referral rate"),
}
_MADE_OF: dict[str, _StrPromise] = {
    "cost_per_visitor": gettext_lazy("spend of %(part)s for %(whole)s new visitors"),
    "conversion": gettext_lazy("%(part)s of %(whole)s who were here went on"),
    "payback": gettext_lazy("spend of %(part)s for %(whole)s first orders, against their margin"),
    "second_order": gettext_lazy("%(part)s second orders of %(whole)s with one order"),
    "days_to_second": gettext_lazy("median of %(whole)s second orders"),
    "click_rate": gettext_lazy("%(part)s clicks on %(whole)s mails sent and widgets seen"),
    "retention": gettext_lazy("%(part)s of %(whole)s active customers stayed"),
    "churn": gettext_lazy("%(part)s of %(whole)s active customers left"),
    "won_back": gettext_lazy("%(part)s of %(whole)s who were here came back"),
    "frequency": gettext_lazy("%(part)s orders of %(whole)s active customers, reckoned to a year"),
}
_UNREADY: dict[str, _StrPromise] = {
    "no_spend": gettext_lazy("Import spend to see it"),
    "nobody": gettext_lazy("Nobody to measure by"),
    "few": gettext_lazy("On few people: take it as a hint"),
    "no_loss": gettext_lazy("The model has no stage for those who left"),
    "no_referrals": gettext_lazy("Not measured before there are referrals"),
    "not_earned": gettext_lazy("Not earned back within a year"),
    "no_contacts": gettext_lazy("No mail sent, no widget seen"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A metric as it is read."""

    key: str
    name: str
    value: str
    """Empty where there is none; ``hint`` says why."""
    before: str
    change: str
    rises: bool
    verdict: str
    made_of: str
    hint: str
    url: str = ""
    """The people behind it; empty where it is not about people."""


def tell(metric: Metric, currency: str, urls: Mapping[str, str]) -> Told:
    """A metric in words; ``urls`` by metric key."""
    made_of = ""
    if metric.value is not None and metric.key in _MADE_OF:
        made_of = str(_MADE_OF[metric.key]) % {
            "part": _count(metric.part, metric, currency),
            "whole": whole(round(metric.whole or 0)),
        }
    return Told(
        key=metric.key,
        name=str(NAMES[metric.key]),
        value=_value(metric.value, metric, currency),
        before=_value(metric.before, metric, currency),
        change=_change(metric),
        rises=metric.value is not None
        and metric.before is not None
        and metric.value > metric.before,
        verdict=metric.verdict,
        made_of=made_of,
        hint=str(_UNREADY.get(metric.unready, "")),
        url=urls.get(metric.key, "") if metric.value else "",
    )


def _count(part: float | None, metric: Metric, currency: str) -> str:
    if metric.key in ("cost_per_visitor", "payback"):
        return money(round(part or 0), currency)
    return whole(round(part or 0))


def _value(value: float | None, metric: Metric, currency: str) -> str:
    if value is None:
        return ""
    if metric.unit == "share":
        return percent(value)
    if metric.unit == "money":
        return money(round(value), currency)
    if metric.unit == "days":
        days = round(value)
        if not days and metric.key == "payback":
            return _("at once")
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": whole(days)}
    if metric.unit == "per_year":
        number = number_format(value, decimal_pos=1)
        return pgettext("orders", "%(n)s a year") % {"n": number}
    return whole(round(value))


def _change(metric: Metric) -> str:
    """Against the period before: in points for shares, else in per cent."""
    if metric.value is None or metric.before is None:
        return ""
    if metric.unit == "share":
        points = (metric.value - metric.before) * 100
        if abs(points) < 0.05:
            return _("unchanged")
        return _("%(n)s points") % {"n": number_format(abs(points), decimal_pos=1)}
    change = metric.change
    if change is None:
        return ""
    if abs(change) < 0.0005:
        return _("unchanged")
    if change > 9.995:
        return _("over tenfold")
    return percent(abs(change))
