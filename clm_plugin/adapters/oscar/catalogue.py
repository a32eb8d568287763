"""The catalogue: products with price, stock, picture and variants, in a constant number of queries.

Price and availability come from the shop's own strategy (``Selector().strategy()``, the public one)
and not from the stock records: tax, currency and stock rules live there, and with stock records and
product classes loaded ahead it costs no query. Pictures are the originals: a thumbnail would be a
look-up per product, and a file operation the first time.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q
from django.urls import NoReverseMatch, reverse
from oscar.core.loading import get_class, get_model

from clm_plugin.adapters.oscar.columns import keys
from clm_plugin.conf import settings
from clm_plugin.money import Money, MoneyError
from clm_plugin.shop.api import Category, Product, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

# Attributes of these types tell variants apart; anything else is data.
_LABELS = ("option", "text")


def read_products(ids: Iterable[str]) -> dict[str, Product]:
    """Products by id; unknown ids are left out. Nine queries, however many products."""
    model = get_model("catalogue", "Product")
    products = list(prepared(model.objects.filter(pk__in=keys(model, ids))))
    if not products:
        return {}
    strategy = get_class("partner.strategy", "Selector")().strategy()
    labels = _labels([child.pk for product in products for child in product.clm_children])
    tops = [product.parent_id or product.pk for product in products]
    categories, cards = category_ids(tops), gift_cards(tops)
    return {
        str(product.pk): _product(
            product, strategy, labels, categories.get(top, ()), is_gift_card=top in cards
        )
        for product, top in zip(products, tops, strict=True)
    }


def find_products(text: str, limit: int) -> list[Product]:
    """Top-level products whose title holds the text, or whose article number it is."""
    model = get_model("catalogue", "Product")
    found = model.objects.filter(parent__isnull=True)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(upc=text))
    ids = [str(pk) for pk in found.order_by("title", "pk").values_list("pk", flat=True)[:limit]]
    products = read_products(ids)
    return [products[pk] for pk in ids if pk in products]


def prepared(products: QuerySet[Any]) -> QuerySet[Any]:
    """With all that a strategy and a product card ask for; public children in ``clm_children``."""
    model = products.model
    children = model.objects.filter(is_public=True).order_by("pk").prefetch_related("stockrecords")
    return products.select_related("product_class", "parent__product_class").prefetch_related(
        "stockrecords",
        "images",
        "parent__images",
        Prefetch("children", queryset=children, to_attr="clm_children"),
    )


def _product(
    product: Any,
    strategy: Any,
    labels: dict[Any, str],
    categories: tuple[str, ...],
    *,
    is_gift_card: bool,
) -> Product:
    variants: tuple[Variant, ...] = ()
    if product.is_parent:
        infos = [(child, strategy.fetch_for_product(child)) for child in product.clm_children]
        variants = tuple(
            Variant(
                id=str(child.pk),
                label=labels.get(child.pk) or child.get_title(),
                price=price_of(info),
                is_available=bool(product.is_public and info.availability.is_available_to_buy),
            )
            for child, info in infos
        )
        is_available = any(variant.is_available for variant in variants)
        price = _from_price(variants)
        counts = [_stock(info) for _, info in infos]
        stock = sum(n for n in counts if n is not None) if counts and None not in counts else None
    else:
        info = strategy.fetch_for_product(product)
        price, stock = price_of(info), _stock(info)
        is_available = is_sold(product) and bool(info.availability.is_available_to_buy)
    return Product(
        id=str(product.pk),
        title=product.get_title(),
        url=product.get_absolute_url(),
        image_url=_image(product),
        price=price,
        is_available=is_available,
        stock=stock,
        parent_id=str(product.parent_id) if product.parent_id else None,
        category_ids=categories,
        variants=variants,
        is_gift_card=is_gift_card,
    )


def is_sold(product: Any) -> bool:
    """Whether a product is shown to the public (a child: its parent, too)."""
    return bool(product.is_public and (not product.parent_id or product.parent.is_public))


def price_of(info: Any) -> Money | None:
    """What a shopper pays for one, tax included where it is known."""
    if not info.price.exists:
        return None
    amount = info.price.incl_tax if info.price.is_tax_known else info.price.excl_tax
    try:
        return Money.of(amount, info.price.currency)
    except MoneyError:
        return None  # Oscar's currency column holds any text


def _from_price(variants: tuple[Variant, ...]) -> Money | None:
    """The lowest price of what can be bought, else of all."""
    prices = [v.price for v in variants if v.price and v.is_available] or [
        v.price for v in variants if v.price
    ]
    return min(prices, key=lambda money: money.minor, default=None)


def _stock(info: Any) -> int | None:
    available = getattr(info.availability, "num_available", None)
    return None if available is None else max(int(available), 0)


def _image(product: Any) -> str:
    images = list(product.images.all())
    if not images and product.parent_id:
        images = list(product.parent.images.all())
    first = min(images, key=lambda image: (image.display_order, image.pk), default=None)
    return first.original.url if first is not None and first.original else ""


def _labels(children: list[Any]) -> dict[Any, str]:
    """What tells variants apart ("Red, Large"), from their option and text attributes."""
    model = get_model("catalogue", "ProductAttributeValue")
    rows = (
        model.objects.filter(product__in=children, attribute__type__in=_LABELS)
        .order_by("attribute_id")
        .values_list("product_id", "value_option__option", "value_text")
    )
    parts: dict[Any, list[str]] = defaultdict(list)
    for product, option, text in rows:
        if option or text:
            parts[product].append(option or text)
    return {product: ", ".join(values) for product, values in parts.items()}


def category_ids(products: Iterable[Any]) -> dict[Any, tuple[str, ...]]:
    """The categories of top-level products (children have their parent's); one query."""
    model = get_model("catalogue", "ProductCategory")
    rows = (
        model.objects.filter(product__in=list(products))
        .order_by("pk")
        .values_list("product_id", "category_id")
    )
    found: dict[Any, list[str]] = defaultdict(list)
    for product, category in rows:
        found[product].append(str(category))
    return {product: tuple(categories) for product, categories in found.items()}


COST_ATTRIBUTE = "cost_price"
"""Oscar keeps no cost; it is read from a product attribute of this code, if there is one."""


def unit_costs(products: Iterable[Any]) -> dict[Any, int]:
    """Cost of one piece in hundredths of the shop's currency, where known; one query."""
    model = get_model("catalogue", "ProductAttributeValue")
    rows = model.objects.filter(
        product__in=list(products), attribute__code=COST_ATTRIBUTE
    ).values_list("product_id", "value_float", "value_integer", "value_text")
    found = {}
    for product, *values in rows:
        value = next((each for each in values if each is not None), None)
        if value is None:
            continue
        try:
            found[product] = round(float(value) * 100)
        except (TypeError, ValueError, OverflowError):
            continue  # a text that is no number
    return found


def gift_cards(products: Iterable[Any]) -> set[Any]:
    """Which of these top-level products are gift cards (setting ``GIFT_CARDS``); one query."""
    names, asked = list(settings.GIFT_CARDS), list(products)
    if not names or not asked:
        return set()
    value = "attribute_values__"
    found = get_model("catalogue", "Product").objects.filter(
        Q(product_class__slug__in=names)
        | Q(**{f"{value}attribute__code__in": names, f"{value}value_boolean": True}),
        pk__in=asked,
    )
    return set(found.values_list("pk", flat=True))


def read_categories() -> dict[str, Category]:
    """All categories by id; one query. A category's address holds the slugs of those above it."""
    model = get_model("catalogue", "Category")
    slugs: dict[str, str] = {}
    found = {}
    rows = model.objects.order_by("path").values_list("pk", "name", "slug", "path")
    for pk, name, slug, path in rows:
        above = slugs.get(path[: -model.steplen])
        slugs[path] = slug if above is None else f"{above}{model._slug_separator}{slug}"
        found[str(pk)] = Category(id=str(pk), name=name, url=_category_url(pk, slugs[path]))
    return found


def _category_url(pk: Any, slug: str) -> str:
    try:
        return reverse("catalogue:category", kwargs={"category_slug": slug, "pk": pk})
    except NoReverseMatch:
        return ""  # a category without a slug
