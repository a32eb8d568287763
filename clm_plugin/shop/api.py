"""The door of the shop port."""

from clm_plugin.shop.base import Shop, ShopError
from clm_plugin.shop.data import (
    Added,
    Basket,
    Category,
    Customer,
    Line,
    Order,
    Product,
    Refund,
    Variant,
    Wanted,
)
from clm_plugin.shop.prices import price
from clm_plugin.shop.registry import get_shop

__all__ = [
    "Added",
    "Basket",
    "Category",
    "Customer",
    "Line",
    "Order",
    "Product",
    "Refund",
    "Shop",
    "ShopError",
    "Variant",
    "Wanted",
    "get_shop",
    "price",
]
