"""What a process does in the races for the last places of an offer, and for one code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.factories import NOW


def _read_then_write(need: Any) -> bool:
    """The check of the check: looks at the counter, then writes what it made of it."""
    import time

    from clm_plugin.offers.models import OfferCounter

    rows = OfferCounter.objects.filter(offer=need.offer, scope=need.scope)
    used = rows.values_list("used", flat=True).first()
    if used is None or used + need.amount > need.most:
        return False
    time.sleep(0.01)
    return bool(rows.update(used=used + need.amount))


def take(texts: list[str], orders: list[str], exact: bool = True) -> None:
    """Reserve each code for its order; whoever is refused goes on without it."""
    from clm_plugin.offers import api as offers
    from clm_plugin.offers import counting

    if not exact:
        vars(counting)["_count"] = _read_then_write
    for text, order in zip(texts, orders, strict=True):
        try:
            offers.reserve(
                code=text,
                profile_id=None,
                order_id=order,
                now=NOW,
                until=NOW + timedelta(hours=1),
                discount_minor=7,
            )
        except (offers.LimitReached, offers.CodeTaken):
            continue
        if order.endswith("3"):
            offers.free(order, now=NOW)
        else:
            offers.confirm(order, now=NOW)
