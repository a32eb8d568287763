"""The ledger against the shop's own books: what orders were paid with, and got back, in credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from clm_plugin.shop.api import CREDIT_TENDER, ShopError, get_shop
from clm_plugin.wallet.data import Check
from clm_plugin.wallet.models import Account, Hold, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

NAME = gettext_noop("what orders were paid and refunded in credit is what the ledger says")
_BATCH = 5_000
_SHOWN = 5


def compare_orders(*, since: datetime | None) -> Check:
    """Every order that credit was held for or that it paid, with the shop's tenders.

    An order that the shop no longer knows is no contradiction: it may have been deleted there. What
    a cancellation gave back by itself need not be in the shop's books yet, and what was the credit
    of somebody who was erased since comes back to nobody, whatever the shop wrote down.
    """
    try:
        shop = get_shop()
    except ShopError as error:
        return Check(name=NAME, looked_at=0, skipped=str(error))
    if not shop.supports_store_credit:
        return Check(name=NAME, looked_at=0, skipped="the shop takes no store credit")
    looked_at, wrong, offenders = 0, 0, []
    for ours in _batches(since):
        for order_id, tenders in shop.tenders(list(ours)).items():
            credit = [tender for tender in tenders if tender.code == CREDIT_TENDER]
            paid, back, by_itself, nobodys = ours[order_id]
            shop_paid = sum(tender.paid.minor for tender in credit)
            shop_back = sum(tender.refunded.minor for tender in credit)
            looked_at += 1
            if shop_paid != paid or not back - by_itself <= shop_back <= back + nobodys:
                wrong += 1
                offenders.append(
                    f"order {order_id}: the ledger says {paid} paid and {back} given back, the"
                    f" shop {shop_paid} and {shop_back}"
                )
                del offenders[_SHOWN:]
    return Check(name=NAME, looked_at=looked_at, wrong=wrong, offenders=tuple(offenders))


_T, _P, _H, _A = (model._meta.db_table for model in (Transaction, Posting, Hold, Account))
_SUMS = f"""
    SELECT o.order_id,
           COALESCE(-SUM(CASE WHEN t.kind = 'capture' THEN p.amount_minor END), 0),
           COALESCE(SUM(CASE WHEN t.kind = 'restore' THEN p.amount_minor END), 0),
           COALESCE(SUM(CASE WHEN t.kind = 'restore' AND t.key = 'cancel:' || t.order_id
                        THEN p.amount_minor END), 0),
           COALESCE(-SUM(CASE WHEN a.profile_id IS NULL THEN p.amount_minor END), 0)
    FROM (
        SELECT order_id FROM {_T} WHERE kind IN ('capture', 'restore'){{moved}}
        UNION SELECT order_id FROM {_H} WHERE order_id <> ''{{held}}
    ) o
    LEFT JOIN {_T} t ON t.order_id = o.order_id AND t.order_id <> ''
        AND t.kind IN ('capture', 'restore')
    LEFT JOIN {_P} p ON p.transaction_id = t.id AND p.lot_id IS NOT NULL
    LEFT JOIN {_A} a ON a.id = p.account_id
    WHERE o.order_id NOT IN ('', 'erased')
    GROUP BY o.order_id"""


def _batches(since: datetime | None) -> Iterator[dict[str, tuple[int, int, int, int]]]:
    """What the ledger says by order: (paid, given back, of it by a cancellation, of what is paid
    and not given back: of somebody who was erased), streamed."""
    values = [] if since is None else [connection.ops.adapt_datetimefield_value(since)] * 2
    sql = _SUMS.format(
        moved=" AND at >= %s" if values else "", held=" AND held_at >= %s" if values else ""
    )
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(_BATCH):
            yield {
                order_id: (int(paid), int(back), int(by_itself), int(nobodys))
                for order_id, paid, back, by_itself, nobodys in rows
            }
