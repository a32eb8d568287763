"""Where the form "use up to X" posts to, from whichever page it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.formats import get_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clm_plugin.adapters.tender.rules import coin_of, read_amount, used
from clm_plugin.adapters.tender.showing import credit_use
from clm_plugin.adapters.tender.wish import forget_wish, make_wish
from clm_plugin.money import Money, MoneyError
from clm_plugin.shop.api import get_shop, price

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_POST
@never_cache
def use_credit(request: HttpRequest) -> HttpResponse:
    """Remember how much credit the shopper wishes to use, and go back to where she was.

    POST ``amount`` ("12.50"; the most that is possible when empty), ``action`` ("remove" to use
    none), ``next`` (a path of this site). Holds nothing: that happens when she pays.
    """
    if request.POST.get("action") == "remove":
        forget_wish(request)
        messages.info(request, _("Store credit is not used."))
        return _back(request)
    use = credit_use(request)
    if use is None or use.up_to.minor <= 0:
        forget_wish(request)
        messages.warning(request, _("No store credit can be used for this basket at present."))
        return _back(request)
    currency, text = use.up_to.currency, _point(request.POST.get("amount", "").strip())
    try:
        wished = read_amount(text, currency) if text else use.up_to
    except MoneyError:
        example = f"{use.up_to.amount}"
        messages.error(
            request, _("Write the amount in figures, such as %(example)s.") % {"example": example}
        )
        return _back(request)
    # Who asks for all there is means it, also when shipping is added later.
    everything = wished.minor >= use.up_to.minor
    make_wish(request, None if everything else wished, currency=currency)
    coin = coin_of(currency, get_shop().decimal_places)
    shown = Money(used(wished.minor, use.up_to.minor, use.total.minor, coin=coin), currency)
    messages.success(
        request,
        _("%(amount)s of store credit will be used when you pay.") % {"amount": price(shown)},
    )
    return _back(request)


def _point(text: str) -> str:
    """An amount with the decimal point that is read, where the shopper's language writes a comma
    and all amounts around the field have one."""
    mark = get_format("DECIMAL_SEPARATOR")
    return text if "." in text else text.replace(mark, ".")


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        target = get_shop().basket_url()
    return HttpResponseRedirect(target)
