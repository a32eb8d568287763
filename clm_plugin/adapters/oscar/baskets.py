"""Baskets as they stand in the database. Reading never creates, merges or evaluates one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings as shop_settings
from django.core.signing import BadSignature, Signer
from django.db.models import DecimalField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce
from django.utils.functional import SimpleLazyObject, empty
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.catalogue import category_ids
from clm_plugin.adapters.oscar.columns import Purse, hundredths, keys
from clm_plugin.conf import settings
from clm_plugin.shop.api import Basket, Line

if TYPE_CHECKING:
    from django.http import HttpRequest

_LINE = (
    "product_id",
    "product__parent_id",
    "quantity",
    "hundredths",
    "price_currency",
    "product__title",
    "product__parent__title",
)


def read_basket(basket_id: str) -> Basket | None:
    """An open basket by id; three queries."""
    model = get_model("basket", "Basket")
    rows = model.objects.filter(pk__in=keys(model, [basket_id]), status=model.OPEN)
    row = rows.values_list("pk", "owner_id").first()
    return _basket(*row) if row else None


def read_request_basket(request: HttpRequest) -> Basket | None:
    """A request's basket: the one that is loaded already, else the owner's, else the cookie's."""
    loaded = loaded_basket(request)
    if loaded is not None:
        return _basket(loaded.pk, loaded.owner_id) if loaded.pk else None
    model = get_model("basket", "Basket")
    open_baskets = model.objects.filter(status=model.OPEN)
    user = getattr(request, "user", None)
    found = None
    if user is not None and user.is_authenticated:
        # The fullest first: a fresh login has an empty one until Oscar merges the cookie's into it.
        mine = open_baskets.filter(owner=user).order_by("pk")
        found = mine.filter(lines__isnull=False).values_list("pk", "owner_id").first()
    if found is None and (cookie := cookie_basket_id(request)):
        anonymous = open_baskets.filter(pk__in=keys(model, [cookie]), owner=None)
        found = anonymous.values_list("pk", "owner_id").first()
    return _basket(*found) if found else None


def loaded_basket(request: HttpRequest | None) -> Any:
    """Oscar's basket instance of a request, if it has been loaded; None otherwise."""
    basket = getattr(request, "basket", None)
    if isinstance(basket, SimpleLazyObject) and basket._wrapped is empty:
        return None
    return basket


def cookie_basket_id(request: HttpRequest) -> str:
    """The id in Oscar's signed basket cookie; "" without one. No query."""
    cookie = request.COOKIES.get(getattr(shop_settings, "OSCAR_BASKET_COOKIE_OPEN", ""))
    if not cookie:
        return ""
    try:
        return Signer().unsign(cookie)
    except BadSignature:
        return ""


def _basket(pk: Any, owner_id: Any) -> Basket:
    model = get_model("basket", "Line")
    rows = list(
        model.objects.filter(basket=pk, quantity__gt=0)
        .annotate(hundredths=worth())
        .order_by("pk")
        .values_list(*_LINE)
    )
    currency = rows[0][4] if rows else settings.CURRENCY
    purse = Purse(currency)
    categories = category_ids({parent or product for product, parent, *_ in rows})
    lines = tuple(
        Line(
            product_id=str(product),
            quantity=quantity,
            total=purse(total),
            title=title or parent_title or "",
            category_ids=categories.get(parent or product, ()),
            parent_id=str(parent) if parent else None,
        )
        for product, parent, quantity, total, _, title, parent_title in rows
    )
    return Basket(
        id=str(pk),
        customer_id=None if owner_id is None else str(owner_id),
        lines=lines,
        total=purse(sum(row[3] for row in rows)),
    )


def worth() -> Any:
    """A basket line's worth in hundredths: the price it was added at, with tax where known, before
    offers (which Oscar computes anew for each page and stores nowhere)."""
    price = Coalesce(F("price_incl_tax"), F("price_excl_tax"), Value(Decimal(0)))
    return hundredths(ExpressionWrapper(price * F("quantity"), DecimalField()))
