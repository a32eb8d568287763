"""What is bought on a page, priced once for all that the page says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.adapters.tender.data import CreditUse
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.template import Context

    from clm_plugin.shop.api import Basket

_KEPT = "clm_purchase"


def priced(context: Context, request: HttpRequest) -> Basket | None:
    """The request's basket as its shopper would pay it: as the page's view has priced it (with
    ``store_credit``), else as the first tag that asked. None: there is nothing in it."""
    use = context.get("store_credit")
    if isinstance(use, CreditUse) and use.purchase is not None:
        return use.purchase
    if _KEPT not in context:
        context.dicts[0][_KEPT] = get_shop().request_purchase(request)
    found: Basket | None = context[_KEPT]
    return found
