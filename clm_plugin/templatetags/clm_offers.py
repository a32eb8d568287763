"""``{% load clm_offers %}``: what offers do to a basket, in words, before it is paid.

Personal, unlike the tags of ``clm``: for pages that are never cached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from clm_plugin.offers.api import read_code, shown_code
from clm_plugin.shop.api import price

if TYPE_CHECKING:
    from clm_plugin.money import Money

register = template.Library()


@register.filter
def money_off(amount: Money) -> str:
    """``Money(1050, "GBP")`` as "£10.50", in the reader's language."""
    return price(amount)


@register.filter
def code_shown(code: str) -> str:
    """A voucher's code as people write it ("ACDEF-GHJKM"); the shop's own codes as they are."""
    return shown_code(code) if read_code(code) == code else code


@register.inclusion_tag("clm_plugin/offers/offers_box.html", takes_context=True)
def offers_box(context: template.Context, with_gifts: bool = True) -> dict[str, Any]:
    """What is taken off, what is not and why, and gifts to be put in; nothing without offers.

    Reads ``basket.clm_offers``, which the shop's adapter leaves on the page's basket. Use
    ``{% offers_box with_gifts=False %}`` where a basket cannot be changed any more.
    """
    told = getattr(context.get("basket"), "clm_offers", None)
    request = context.get("request")
    gifts = told.gifts if told is not None and with_gifts else ()
    is_shown = told is not None and (told.used or told.left_out or told.pass_used or gifts)
    return {
        "told": told if is_shown else None,
        "gifts": gifts,
        "next": request.get_full_path() if request is not None else "",
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def discount_name(discount: Any) -> str:
    """An order's discount by its public name, with the code as people write it.

    Oscar shows a bare code for whatever came by one; the shop's own vouchers stay as they are.
    """
    code = discount.voucher_code or ""
    if code and read_code(code) == code:
        return f"{discount.offer_name} ({shown_code(code)})"
    return str(discount.description())
