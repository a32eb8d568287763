"""The door of the shop port."""

from clm_plugin.shop.base import Shop, ShopError
from clm_plugin.shop.data import (
    CREDIT_TENDER,
    Added,
    Basket,
    Category,
    Customer,
    Line,
    Order,
    Product,
    Refund,
    Tender,
    Variant,
    Wanted,
)
from clm_plugin.shop.prices import price
from clm_plugin.shop.registry import get_shop

__all__ = [
    "CREDIT_TENDER",
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
    "Tender",
    "Variant",
    "Wanted",
    "get_shop",
    "price",
]
