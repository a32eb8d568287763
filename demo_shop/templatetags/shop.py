"""What the shop's templates need and Oscar's tags do not give."""

from decimal import Decimal
from typing import Any

from django import template
from django.http import HttpRequest
from oscar.core.loading import get_model

from demo_shop.consents import WORDS
from demo_shop.oscar_apps.shipping.repository import FREE_FROM

register = template.Library()


@register.simple_tag
def category_tiles() -> list[dict[str, Any]]:
    """Each top category with a picture: its own or that of its first product."""
    category, product_image = (
        get_model("catalogue", "Category"),
        get_model("catalogue", "ProductImage"),
    )
    tiles = []
    for entry in category.objects.browsable().filter(depth=1):
        image = entry.image or None
        if image is None:
            first = product_image.objects.filter(
                product__categories=entry, product__is_public=True
            ).first()
            image = first.original if first else None
        tiles.append({"category": entry, "image": image})
    return tiles


# What the shop paid is kept as an attribute; it is nobody's business in front of the counter.
HIDDEN_ATTRIBUTES = {"cost_price"}


@register.simple_tag
def shown_attributes(product: Any) -> list[Any]:
    """A product's attributes that shoppers may see."""
    values = product.get_attribute_values()
    return [value for value in values if value.attribute.code not in HIDDEN_ATTRIBUTES]


@register.simple_tag
def variant_label(child: Any) -> str:
    """How a variant differs from its sisters: "Red Retrospot" rather than the whole title."""
    return ", ".join(str(value.value) for value in shown_attributes(child)) or str(child.title)


@register.simple_tag
def own_image(child: Any) -> Any:
    """A variant's own picture, or None if it shares its parent's."""
    return child.images.first()


@register.simple_tag
def free_delivery(basket: Any) -> dict[str, Any]:
    """How far a basket is from free postage."""
    total = basket.total_incl_tax if basket.is_tax_known else Decimal("0.00")
    gap = max(FREE_FROM - total, Decimal("0.00"))
    return {"threshold": FREE_FROM, "total": min(total, FREE_FROM), "gap": gap}


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any]) -> str:
    """The page's path, to come back to after choosing a language."""
    request: HttpRequest | None = context.get("request")
    return request.get_full_path() if request else "/"


@register.simple_tag
def refunded(order: Any) -> Decimal:
    """What of an order was given back."""
    given = (source.amount_refunded for source in order.sources.all())
    return sum(given, Decimal("0.00"))


@register.filter
def stars(rating: float | None) -> str:
    """Five stars in text, for a reader's eye; the number stands beside them for everyone."""
    full = round(rating or 0)
    return "★" * full + "☆" * (5 - full)


@register.simple_tag
def marketing_words() -> str:
    """What stands beside the box for marketing mail, word for word what the consent log keeps."""
    return str(WORDS)
