"""Products and orders in messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.segment.amounts import first_amount, minor_of, quantity_of
from clm_plugin.adapters.segment.people import scoped
from clm_plugin.events.api import BadEvent, clean_int, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.adapters.segment.data import Context

MAX_LINES = 500
# Their price belongs to them, their quantity too: a line is (product, category, quantity, total).
Line = tuple[str, str, int, int]


def product_id(product: Mapping[str, Any], field: str = "properties.product_id") -> str:
    """A product's id: ``product_id``, else ``sku``. Raises BadEvent."""
    for name in ("product_id", "sku"):
        found = text_of(product, name, field)
        if found:
            return found
    raise BadEvent(field, "is missing")


def text_of(properties: Mapping[str, Any], name: str, field: str = "", limit: int = 64) -> str:
    """A short text or a number as text; "" where nothing is told. Raises BadEvent."""
    value, field = properties.get(name), field or f"properties.{name}"
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(clean_int(value, field))
    if not isinstance(value, str):
        raise BadEvent(field, "must be text")
    return clean_text(value.strip(), field, limit)


def category_of(product: Mapping[str, Any], context: Context) -> str:
    """A category's id. A mere name counts only from a system whose categories are not ours."""
    told = text_of(product, "category_id")
    if told or context.sender.is_shop:
        return told
    name = product.get("category")
    return name.strip()[:64] if isinstance(name, str) else ""


def lines_of(context: Context) -> list[Line]:
    """The products of an order or basket, each once. Raises BadEvent naming the line."""
    products = context.properties.get("products")
    if products is None:
        return []
    if not isinstance(products, list):
        raise BadEvent("properties.products", "must be a list")
    if len(products) > MAX_LINES:
        raise BadEvent("properties.products", f"has more than {MAX_LINES} entries")
    found: dict[str, Line] = {}
    for index, product in enumerate(products):
        where = f"properties.products[{index}]"
        if not isinstance(product, dict):
            raise BadEvent(where, "must be an object")
        id_, category, quantity, total = _line(product, where, context)
        _, had_category, had, paid = found.get(id_, (id_, "", 0, 0))
        found[id_] = (id_, category or had_category, had + quantity, paid + total)
    return list(found.values())


def _line(product: Mapping[str, Any], where: str, context: Context) -> Line:
    quantity = quantity_of(product.get("quantity"), f"{where}.quantity")
    price = product.get("price")
    each = 0 if price in (None, "") else minor_of(price, context.currency, f"{where}.price")
    total = clean_int(each * quantity, f"{where}.price", 0, 10**12)
    id_ = product_id(product, f"{where}.product_id")
    return id_, category_of(product, context), quantity, total


def order_id(context: Context) -> str:
    """The order's id, under its source where it is not this shop's. Raises BadEvent."""
    found = text_of(context.properties, "order_id", limit=255)
    if not found:
        raise BadEvent("properties.order_id", "is missing")
    if context.sender.is_shop:
        clean_text(found, "properties.order_id", 64)
    return scoped(context.sender, found)


def cart_id(context: Context) -> str:
    """The basket's id, or the one basket of a person whose front end names none."""
    told = text_of(context.properties, "cart_id", limit=255)
    return scoped(context.sender, told or f"of-{context.actor.rpartition(':')[2]}")


def total_of(context: Context) -> int | None:
    """What was paid or given back in all; the lines' sum where no total is told. Raises BadEvent.

    ``total`` is with shipping and tax, ``revenue`` and ``value`` are what some front ends tell.
    """
    told = first_amount(context.properties, ("total", "revenue", "value"), context.currency)
    if told is not None:
        return told
    lines = lines_of(context)
    return sum(line[3] for line in lines) if lines else None


def person_fields(context: Context) -> dict[str, str]:
    """E-mail, first name and country of who ordered, as far as a server tells them."""
    around = context.message.get("context")
    traits = around.get("traits") if isinstance(around, dict) else None
    traits = traits if isinstance(traits, dict) else {}
    found = {}
    for name, told in (("email", "email"), ("first_name", "firstName"), ("country", "country")):
        value = context.properties.get(told) or traits.get(told)
        if isinstance(value, str) and len(value) <= 254:
            found[name] = value
    if len(found.get("country", "")) != 2:
        found.pop("country", None)
    return found
