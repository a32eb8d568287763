"""The countries the shop ships to."""

from __future__ import annotations

from typing import Any

import pycountry
from oscar.core.loading import get_model

Country = get_model("address", "Country")
HOME = "GB"


def load_countries() -> dict[str, Any]:
    """Add every country that is missing, with the shop's own first; returns them by code."""
    Country.objects.bulk_create(
        [
            Country(
                iso_3166_1_a2=country.alpha_2,
                iso_3166_1_a3=country.alpha_3,
                iso_3166_1_numeric=country.numeric,
                printable_name=getattr(country, "common_name", country.name),
                name=getattr(country, "official_name", country.name),
                display_order=1 if country.alpha_2 == HOME else 0,
                is_shipping_country=True,
            )
            for country in sorted(pycountry.countries, key=lambda country: str(country.alpha_2))
        ],
        ignore_conflicts=True,
    )
    return dict(Country.objects.in_bulk())
