"""Template filters of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html

from clm_plugin.console import api as wording

if TYPE_CHECKING:
    from clm_plugin.insights.api import Total
    from clm_plugin.money import Money

register = template.Library()


@register.filter
def money(value: Money | Total | None) -> str:
    """``Money`` or a total as text; nothing for None."""
    return wording.money(value.minor, value.currency) if value is not None else ""


@register.filter
def minor(value: int, currency: str) -> str:
    """Minor units with the currency given."""
    return wording.money(int(value), currency)


register.filter("day", wording.day)
register.filter("moment", wording.moment)
register.filter("hour", wording.hour)
register.filter("stage_tone", wording.stage_tone)


@register.filter
def percent(share: float) -> str:
    return wording.percent(share)


@register.filter
def whole(number: int) -> str:
    return wording.whole(number)


@register.filter
def whole_abs(number: int) -> str:
    """Without its sign, for texts that say the direction in words."""
    return wording.whole(abs(number))


@register.filter
def as_percent(share: float) -> str:
    """A share of 1 as a number for SVG: ``0.125`` gives ``12.5``."""
    return f"{share * 100:.1f}"


@register.simple_tag
def linked(text: object, url: str = "", classes: str = "") -> str:
    """A text as a link, or as it is where there is nothing to lead to (or nobody who may go)."""
    if url:
        return format_html('<a href="{}" class="{}">{}</a>', url, classes, text)
    return format_html('<span class="{}">{}</span>', classes, text)
