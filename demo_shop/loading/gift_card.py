"""A gift card among the things of the demo: what store credit neither pays for nor is earned by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from oscar.core.loading import get_model

from demo_shop import artwork
from demo_shop.loading.catalogue import CURRENCY, PARTNER_CODE, PARTNER_NAME, pounds
from demo_shop.loading.pictures import FOLDER, QUALITY, SIZE

UPC, SLUG, CATEGORY = "GIFT25", "gift-card", "Stationery & toys"
"""``SLUG`` is the product class that the plugin's setting ``GIFT_CARDS`` names by default."""
_PICTURE = artwork.Spec(kind="card", colour="natural", detail="GIFT CARD")


def load_gift_card() -> bool:
    """Put the card on the shelf; False when it is there already."""
    product: Any = get_model("catalogue", "Product")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        slug=SLUG, defaults={"name": "Gift card", "requires_shipping": True, "track_stock": False}
    )
    card, made = product.objects.get_or_create(
        upc=UPC,
        defaults={
            "title": "Gift card, £25",
            "slug": "gift-card-25",
            "description": "<p>For whoever has everything: we post it with your words inside.</p>",
            "product_class": kind,
        },
    )
    if not made:
        return False
    partner, _ = get_model("partner", "Partner").objects.get_or_create(
        code=PARTNER_CODE, defaults={"name": PARTNER_NAME}
    )
    get_model("partner", "StockRecord").objects.create(
        product=card,
        partner=partner,
        partner_sku=UPC,
        price_currency=CURRENCY,
        price=pounds(2500),
    )
    shelf = get_model("catalogue", "Category").objects.filter(name=CATEGORY).first()
    if shelf is not None:
        card.categories.add(shelf)
    get_model("catalogue", "ProductImage").objects.create(
        product=card, original=_draw(), caption=card.title
    )
    return True


def _draw() -> str:
    name = f"{FOLDER}/{UPC.lower()}-{artwork.VERSION}.jpg"
    path = Path(settings.MEDIA_ROOT) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = artwork.draw(_PICTURE, SIZE)
        picture.save(path, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return name
