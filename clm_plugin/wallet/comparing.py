"""The ledger against the shop's own books: what orders were paid with, and got back, in credit."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from clm_plugin.shop.api import CREDIT_TENDER, ShopError, get_shop
from clm_plugin.wallet.data import Check
from clm_plugin.wallet.models import ERASED, Hold, Transaction
from clm_plugin.wallet.queries import paid_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NAME = "what orders were paid and refunded in credit is what the ledger says"
_BATCH = 500
_SHOWN = 5


def compare_orders(*, since: datetime | None) -> Check:
    """Every order that credit was held for or that it paid, with the shop's tenders.

    An order that the shop no longer knows is no contradiction: it may have been deleted there.
    """
    try:
        shop = get_shop()
    except ShopError as error:
        return Check(name=NAME, looked_at=0, skipped=str(error))
    if not shop.supports_store_credit:
        return Check(name=NAME, looked_at=0, skipped="the shop takes no store credit")
    looked_at, wrong, offenders = 0, 0, []
    orders = _orders(since)
    while batch := list(islice(orders, _BATCH)):
        ours = paid_on(batch)
        for order_id, tenders in shop.tenders(batch).items():
            credit = [tender for tender in tenders if tender.code == CREDIT_TENDER]
            theirs = (
                sum(tender.paid.minor for tender in credit),
                sum(tender.refunded.minor for tender in credit),
            )
            looked_at += 1
            if theirs != ours.get(order_id, (0, 0)):
                wrong += 1
                paid, back = ours.get(order_id, (0, 0))
                offenders.append(
                    f"order {order_id}: the ledger says {paid} paid and {back} given back, the"
                    f" shop {theirs[0]} and {theirs[1]}"
                )
    return Check(
        name=NAME, looked_at=looked_at, wrong=wrong, offenders=tuple(offenders[:_SHOWN])
    )  # fmt: skip


def _orders(since: datetime | None) -> Iterator[str]:
    moved = Transaction.objects.filter(kind__in=["capture", "restore"])
    held = Hold.objects.all()
    if since is not None:
        moved, held = moved.filter(at__gte=since), held.filter(held_at__gte=since)
    known = moved.values_list("order_id", flat=True).union(held.values_list("order_id", flat=True))
    return (order_id for order_id in known.iterator(_BATCH) if order_id not in ("", ERASED))
