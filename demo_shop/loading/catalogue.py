"""Loads categories, product classes, products and stock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from oscar.core.loading import get_model

from demo_shop.data.packed import Item, Shop
from demo_shop.data.ranges import AXES
from demo_shop.loading.people import Dice

AttributeOption = get_model("catalogue", "AttributeOption")
AttributeOptionGroup = get_model("catalogue", "AttributeOptionGroup")
Category = get_model("catalogue", "Category")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductAttribute = get_model("catalogue", "ProductAttribute")
ProductAttributeValue = get_model("catalogue", "ProductAttributeValue")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")

PARTNER_CODE, PARTNER_NAME = "larkhouse", "Larkhouse"
# Oscar 4.2 keeps no cost price on a stock record: it is an attribute of the product.
COST_PRICE = "cost_price"
CURRENCY = "GBP"
CLASSES = {"": "Gift", "colour": "Gift in colours", "size": "Gift in sizes", "design": "Gift range"}


@dataclass(frozen=True)
class Catalogue:
    """What the other parts of the load need, in the order of the prepared items."""

    partner: Any
    pages: list[Any]
    products: list[Any]
    stock: list[Any]
    categories: dict[str, Any]


def pounds(pence: int) -> Decimal:
    """Pence as a decimal amount with two places."""
    return Decimal(pence).scaleb(-2)


def load_catalogue(shop: Shop) -> Catalogue:
    """Everything but the pictures."""
    partner = Partner.objects.create(code=PARTNER_CODE, name=PARTNER_NAME)
    categories = _categories(shop.categories)
    classes = _classes()
    pages = _pages(shop, classes)
    products = _products(shop, pages)
    ProductCategory.objects.bulk_create(
        ProductCategory(product=page, category=categories[family.category])
        for page, family in zip(pages, shop.products, strict=True)
    )
    _attributes(shop, classes, products)
    stock = _stock(shop.items, products, partner)
    return Catalogue(partner, pages, products, stock, categories)


def _categories(descriptions: dict[str, str]) -> dict[str, Any]:
    # A tree of materialised paths: its nodes must be added one by one. There are eight.
    return {
        name: Category.add_root(name=name, slug=slugify(name), description=text)
        for name, text in descriptions.items()
    }


def _classes() -> dict[str, Any]:
    return {
        axis: ProductClass.objects.create(name=name, requires_shipping=True, track_stock=True)
        for axis, name in CLASSES.items()
    }


def _pages(shop: Shop, classes: dict[str, Any]) -> list[Any]:
    single = {item.product: item for item in shop.items if not item.value}
    return list(
        Product.objects.bulk_create(
            Product(
                structure=Product.PARENT if family.axis else Product.STANDALONE,
                upc=single[index].code if index in single else None,
                title=family.title,
                slug=slugify(family.title),
                description=f"<p>{family.description}</p>",
                product_class=classes[family.axis],
            )
            for index, family in enumerate(shop.products)
        )
    )


def _products(shop: Shop, pages: list[Any]) -> list[Any]:
    children = Product.objects.bulk_create(
        Product(
            structure=Product.CHILD,
            parent=pages[item.product],
            upc=item.code,
            title=item.title,
            slug=slugify(item.title),
            description=f"<p>{item.description}</p>",
        )
        for item in shop.items
        if item.value
    )
    by_code = {child.upc: child for child in children}
    return [by_code.get(item.code, pages[item.product]) for item in shop.items]


def _attributes(shop: Shop, classes: dict[str, Any], products: list[Any]) -> None:
    groups = {
        axis: AttributeOptionGroup.objects.create(name=axis.capitalize(), code=axis)
        for axis in AXES
    }
    costs = {
        axis: ProductAttribute(
            product_class=kind, name="Cost price", code=COST_PRICE, type=ProductAttribute.FLOAT
        )
        for axis, kind in classes.items()
    }
    axes = {
        axis: ProductAttribute(
            product_class=classes[axis],
            name=axis.capitalize(),
            code=axis,
            type=ProductAttribute.OPTION,
            option_group=groups[axis],
        )
        for axis in AXES
    }
    ProductAttribute.objects.bulk_create([*axes.values(), *costs.values()])
    options = _options(shop, groups)
    values = []
    for item, product in zip(shop.items, products, strict=True):
        axis = shop.products[item.product].axis
        values.append(
            ProductAttributeValue(
                product=product, attribute=costs[axis], value_float=item.cost / 100
            )
        )
        if axis:
            values.append(
                ProductAttributeValue(
                    product=product, attribute=axes[axis], value_option=options[axis, item.value]
                )
            )
    ProductAttributeValue.objects.bulk_create(values)


def _options(shop: Shop, groups: dict[str, Any]) -> dict[tuple[str, str], Any]:
    wanted = dict.fromkeys(
        (shop.products[item.product].axis, item.value) for item in shop.items if item.value
    )
    rows = AttributeOption.objects.bulk_create(
        AttributeOption(group=groups[axis], option=value) for axis, value in wanted
    )
    return dict(zip(wanted, rows, strict=True))


def _stock(items: Iterable[Item], products: list[Any], partner: Any) -> list[Any]:
    return list(
        StockRecord.objects.bulk_create(
            StockRecord(
                product=product,
                partner=partner,
                partner_sku=item.code,
                price_currency=CURRENCY,
                price=pounds(item.price),
                num_in_stock=_in_stock(item),
                num_allocated=0,
                low_stock_threshold=10,
            )
            for item, product in zip(items, products, strict=True)
        )
    )


def _in_stock(item: Item) -> int:
    """Mostly plenty, a few nearly gone, and one in forty sold out."""
    dice = Dice("stock", item.code)
    roll = dice.below(40)
    if roll == 0:
        return 0
    if roll <= 3:
        return 2 + dice.below(7)
    return 24 + dice.below(200)
