"""``POST /clm/bundle``: all products of a bundle into the basket, in one click.

A plain form (``product`` once for each) with Django's CSRF token. A browser that runs our script
asks for JSON and stays on the page; without it the shopper lands on the basket page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from clm_plugin.events.api import BadEvent, clean_text
from clm_plugin.http import Refused, refusal, uncached
from clm_plugin.shop.api import ShopError, Wanted, get_shop

if TYPE_CHECKING:
    from clm_plugin.shop.api import Added

MAX_PRODUCTS = 12


@csrf_protect
@require_POST
def add_bundle(request: HttpRequest) -> HttpResponse:
    """Put the products into the request's basket by the shop's own rules."""
    try:
        wanted = _wanted(request.POST.getlist("product"))
        added = get_shop().add_lines(request, wanted)
    except Refused as error:
        return refusal(error)
    except ShopError as error:
        return refusal(Refused(409, "product", str(error)))
    words = _words(added)
    url = get_shop().basket_url()
    if request.headers.get("Accept", "").startswith("application/json"):
        body = {
            "added": list(added.added),
            "refused": [{"id": id_, "why": str(why)} for id_, why in added.refused],
            "message": words,
            "basket_url": url,
        }
        return uncached(JsonResponse(body, status=200 if added.added else 409))
    level = messages.SUCCESS if added.added else messages.ERROR
    messages.add_message(request, level, words, fail_silently=True)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return uncached(response)


def _wanted(ids: list[str]) -> list[Wanted]:
    """Each product once. Raises Refused for none, too many, or what is no product id."""
    if not 1 <= len(ids) <= MAX_PRODUCTS:
        raise Refused(400, "product", f"must be given 1 to {MAX_PRODUCTS} times")
    try:
        clean = [clean_text(id_, "product", 64) for id_ in ids]
    except BadEvent as error:
        raise Refused(400, error.field, error.why) from None
    return [Wanted(product_id=id_) for id_ in dict.fromkeys(clean)]


def _words(added: Added) -> str:
    if not added.added:
        return _("None of these can be bought just now.")
    count = len(added.added)
    words = ngettext(
        "%(count)d product is in your basket.", "%(count)d products are in your basket.", count
    ) % {"count": count}
    if added.refused:
        words += " " + _("The others cannot be bought just now.")
    return words
