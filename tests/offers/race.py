"""What a process does in the races for the last places of an offer, and for one code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.factories import NOW
from tests.reliability.meeting import meet

if TYPE_CHECKING:
    from collections.abc import Callable


def _read_then_write(place: str, processes: int) -> Callable[[Any], bool]:
    """The check of the check: looks at the counter, then writes what it made of it.

    Nobody writes before everybody has looked, so that uses are lost for certain.
    """
    from clm_plugin.offers.models import OfferCounter

    def count(need: Any) -> bool:
        rows = OfferCounter.objects.filter(offer=need.offer, scope=need.scope)
        used = rows.values_list("used", flat=True).first()
        if used is None or used + need.amount > need.most:
            return False
        meet(place, processes)
        return bool(rows.update(used=used + need.amount))

    return count


def take(texts: list[str], orders: list[str], place: str = "", processes: int = 1) -> None:
    """Reserve each code for its order; whoever is refused goes on without it.

    ``place``: where so many processes meet that count by reading and writing.
    """
    from clm_plugin.offers import api as offers
    from clm_plugin.offers import counting

    if place:
        vars(counting)["_count"] = _read_then_write(place, processes)
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
