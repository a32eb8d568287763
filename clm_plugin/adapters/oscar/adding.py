"""Putting products into the request's basket by the shop's own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from clm_plugin.adapters.oscar.catalogue import is_sold, prepared
from clm_plugin.adapters.oscar.columns import keys
from clm_plugin.adapters.oscar.receivers.baskets import one_snapshot
from clm_plugin.shop.api import Added

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from clm_plugin.shop.api import Wanted

MAX_WANTED = 50


def add_lines(request: HttpRequest, wanted: Sequence[Wanted]) -> Added:
    """Raise each product to at least its quantity; what the shop refuses is named with its reason.

    One transaction and one ``basket.changed``. The basket's row is locked, so that a second click
    meanwhile waits, and then finds nothing left to add.
    """
    model = get_model("catalogue", "Product")
    asked = list(wanted)[:MAX_WANTED]
    found = prepared(model.objects.filter(pk__in=keys(model, [w.product_id for w in asked])))
    products = {str(product.pk): product for product in found}
    basket = request.basket  # type: ignore[attr-defined]  # Oscar's middleware's
    added: list[str] = []
    refused: list[tuple[str, str]] = []
    bought: list[Any] = []
    with transaction.atomic(), one_snapshot():
        _lock(basket)
        for want in asked:
            product = products.get(want.product_id)
            reason, is_new = _add(basket, product, want.quantity)
            if reason:
                refused.append((want.product_id, reason))
            else:
                added.append(want.product_id)
            if is_new:
                bought.append(product)
    if bought:
        _after(request, basket, bought)
    return Added(added=tuple(added), refused=tuple(refused))


def _lock(basket: Any) -> None:
    if basket.pk:
        get_model("basket", "Basket").objects.select_for_update().filter(pk=basket.pk).first()
        basket.reset_offer_applications()  # lines are read again, behind the lock


def _add(basket: Any, product: Any, quantity: int) -> tuple[str, bool]:
    """The reason of a refusal, or ""; and whether something was added."""
    if product is None or not is_sold(product):
        return _("This product is not sold any more."), False
    if product.is_parent:
        return _("Please choose one of the variants."), False
    if not basket.can_be_edited:
        return _("This basket cannot be changed now."), False
    info = basket.get_stock_info(product, [])
    if not info.price.exists or info.stockrecord is None:
        return _("This product cannot be bought at present."), False
    has = _quantity_of(basket, product)
    missing = quantity - has
    if missing <= 0:
        return "", False
    permitted, reason = info.availability.is_purchase_permitted(quantity=has + missing)
    if permitted:
        permitted, reason = basket.is_quantity_allowed(missing)
    if permitted and basket.currency not in (None, info.price.currency):
        permitted, reason = False, _("Its currency is not that of your basket.")
    if not permitted:
        return str(reason) or _("This product cannot be bought at present."), False
    basket.add_product(product, missing)
    return "", True


def _quantity_of(basket: Any, product: Any) -> int:
    """How many are in already, with whichever options."""
    lines = basket.all_lines()
    return sum(line.quantity for line in lines if line.product_id == product.pk)


def _after(request: HttpRequest, basket: Any, products: list[Any]) -> None:
    """What Oscar's own view does after an addition: offers again, and the signal."""
    from oscar.apps.basket.signals import basket_addition

    basket.reset_offer_applications()
    get_class("offer.applicator", "Applicator")().apply(basket, request.user, request)
    for product in products:
        basket_addition.send_robust(
            sender=add_lines, product=product, user=request.user, request=request
        )
