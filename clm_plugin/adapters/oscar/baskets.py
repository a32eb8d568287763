"""Baskets as they stand in the database. Reading never creates, merges or evaluates one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings as shop_settings
from django.core.signing import BadSignature, Signer
from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import SimpleLazyObject, empty
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.catalogue import category_ids
from clm_plugin.adapters.oscar.columns import Purse, hundredths, keys
from clm_plugin.conf import settings
from clm_plugin.shop.api import Basket, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def read_baskets(ids: Iterable[str]) -> dict[str, Basket]:
    """Open baskets by id; three queries, however many."""
    model = get_model("basket", "Basket")
    rows = model.objects.filter(pk__in=keys(model, ids), status=model.OPEN)
    return _baskets(dict(rows.values_list("pk", "owner_id")))


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
    return _baskets({pk: owner_id})[str(pk)]


def _baskets(owners: dict[Any, Any]) -> dict[str, Basket]:
    """Baskets by id from owners by key; two queries."""
    model = get_model("basket", "Line")
    rows: dict[Any, list[tuple[Any, ...]]] = {pk: [] for pk in owners}
    lines = model.objects.filter(basket__in=list(owners), quantity__gt=0)
    for pk, *row in (
        lines.annotate(hundredths=worth()).order_by("pk").values_list("basket_id", *_LINE)
    ):
        rows[pk].append(tuple(row))
    parents = {parent or product for kept in rows.values() for product, parent, *_ in kept}
    categories = category_ids(parents)
    return {str(pk): _seen(pk, owners[pk], kept, categories) for pk, kept in rows.items()}


def _seen(
    pk: Any, owner_id: Any, rows: list[tuple[Any, ...]], categories: dict[Any, tuple[str, ...]]
) -> Basket:
    purse = Purse(rows[0][4] if rows else settings.CURRENCY)
    lines = tuple(
        Line(
            product_id=str(product),
            quantity=quantity,
            total=purse[total],
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
        total=purse[sum(row[3] for row in rows)],
    )


def worth() -> Any:
    """A basket line's worth in hundredths: the price it was added at, with tax where known, before
    offers (which Oscar computes anew for each page and stores nowhere)."""
    price = Coalesce(F("price_incl_tax"), F("price_excl_tax"), Value(Decimal(0)))
    return hundredths(ExpressionWrapper(price * F("quantity"), DecimalField()))


def first_category() -> Any:
    """The category of a basket line's product, of a variant its parent's: the one that its order
    will name."""
    product = Coalesce(OuterRef("product__parent_id"), OuterRef("product_id"))
    categories = get_model("catalogue", "ProductCategory").objects.filter(product=product)
    return Subquery(categories.order_by("pk").values("category_id")[:1])
