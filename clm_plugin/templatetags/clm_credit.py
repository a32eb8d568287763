"""``{% load clm_credit %}``: store credit on the pages of a checkout.

Unlike the tags of ``clm`` these are personal: for pages that are never cached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clm_plugin.adapters.tender.api import CreditUse, credit_use, priced
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, get_shop, price
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()
_UNASKED = object()


@register.filter
def money(amount: Money) -> str:
    """``Money(1050, "GBP")`` as "£10.50", in the reader's language."""
    return price(amount)


@register.inclusion_tag("clm_plugin/tender/credit_box.html", takes_context=True)
def credit_box(context: template.Context) -> dict[str, Any]:
    """Balance, "use up to X", and what credit cannot pay, with the reason.

    Takes ``store_credit`` from the context where a view has put it (the payment pages), else asks
    for the request's basket. Nothing at all when there is nothing to say.
    """
    request = context.get("request")
    return {
        "use": _use(context),
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "next": request.get_full_path() if request is not None else "",
    }


@register.inclusion_tag("clm_plugin/tender/credit_totals.html", takes_context=True)
def credit_totals(context: template.Context, due: Decimal | None = None) -> dict[str, Any]:
    """Rows for a list of totals: what credit pays and what is left to pay; empty when none is.

    ``due``: the total above these rows in major units, where the page knows more of it than the
    basket does (a delivery charge that is only estimated yet).
    """
    use = _use(context)
    rest = use.rest if use is not None else None
    if use is not None and due is not None:
        rest = Money.of(due, use.total.currency) - use.amount
    return {"use": use, "rest": rest}


@register.simple_tag(takes_context=True)
def credit_agreed(context: template.Context) -> SafeString:
    """The hidden field for the form that places the order: what the shopper saw and agreed to."""
    use = _use(context)
    minor = use.amount.minor if use is not None else 0
    return format_html('<input type="hidden" name="credit_minor" value="{}">', minor)


@register.inclusion_tag("clm_plugin/tender/order_tenders.html")
def order_tenders(order_id: object) -> dict[str, Any]:
    """By what means an order was paid, and what was given back, one row each; and what was kept."""
    kept = None
    try:
        tenders = get_shop().tenders([str(order_id)]).get(str(order_id), ())
        if any(each.refunded.minor for each in tenders):
            kept = wallet.kept_of(str(order_id))
    except Exception:
        tenders = ()
    return {"tenders": tenders, "credit": CREDIT_TENDER, "kept": kept}


def _use(context: template.Context) -> CreditUse | None:
    kept = context.get("store_credit", _UNASKED)
    if kept is _UNASKED:
        request = context.get("request")
        kept = credit_use(request, lambda: priced(context, request)) if request else None
        # Once a page, however many tags it has.
        context.dicts[0]["store_credit"] = kept
    return kept if isinstance(kept, CreditUse) and kept.is_shown else None
