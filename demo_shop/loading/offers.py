"""Three offers of the demo: a code, a free parcel and a gift; the known shopper holds two."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth import get_user_model
from oscar.core.loading import get_model

from clm_plugin.api import (
    actor,
    grant_offer,
    install_offer,
    now,
    offer_code,
    profile_id_of,
    shown_code,
)

CODE, PARCEL, GIFT = "thank-you-ten", "free-parcel", "little-gift"
SHOPPER = "shopper@example.com"


def load_offers() -> list[str]:
    """Publish what is missing; returns the titles of what was made."""
    made = [
        install_offer(
            key=CODE,
            name="10 % as a thank-you",
            title="10 % off as a thank-you",
            effect=("percent", {"percent": Decimal(10), "most": Decimal(20)}),
            conditions=[("minimum", {"amount": Decimal(20)})],
            currency="GBP",
            given="code",
            lasts_days=60,
            combines="alone",
        ),
        install_offer(
            key=PARCEL,
            name="Free parcel",
            title="Free delivery for you",
            effect=("free_shipping", {"most": None}),
            currency="GBP",
            given="grant",
            lasts_days=14,
            combines="all",
        ),
    ]
    product = _small_thing()
    if product:
        made.append(
            install_offer(
                key=GIFT,
                name="A little gift",
                title="A little gift from us",
                effect=("gift", {"product": [product], "quantity": 1}),
                conditions=[("minimum", {"amount": Decimal(40)})],
                currency="GBP",
                given="grant",
                lasts_days=60,
                combines="all",
            )
        )
    return [offer.title for offer in made if offer is not None]


def _small_thing() -> str:
    """A product that is in stock, stands for itself and costs two pounds or less."""
    rows = get_model("partner", "StockRecord").objects.filter(
        product__structure="standalone",
        product__is_public=True,
        product__images__isnull=False,
        num_in_stock__gt=50,
        price__range=(Decimal(1), Decimal(2)),
    )
    found = rows.order_by("-price", "product").values_list("product", flat=True).first()
    return str(found or "")


def give_to_shopper() -> str:
    """Give the known shopper the code and the gift, once; returns the code, "" without her."""
    user = get_user_model().objects.filter(email=SHOPPER).first()
    profile_id = profile_id_of(actor("customer", user.pk)) if user else None
    if profile_id is None:
        return ""
    code = ""
    for key in (CODE, GIFT):
        grant = grant_offer(
            profile_id=profile_id,
            offer=key,
            key=f"demo:{key}",
            reason="For being with us",
            source="import",
            now=now(),
        )
        if key == CODE:
            code = offer_code(grant)
    return shown_code(code)
