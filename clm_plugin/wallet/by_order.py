"""What orders earned, as the ledger has it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Sum

from clm_plugin.money import Money
from clm_plugin.wallet.models import Lot as LotRow
from clm_plugin.wallet.models import Transaction
from clm_plugin.wallet.queries import _lot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.wallet.data import Lot

_KINDS = ("order", "promise")


def earned_on(order_ids: Iterable[str]) -> dict[str, list[Lot]]:
    """The lots that orders earned, by order id, in the order of granting; one query.

    With what was promised for such an order. Orders that earned nothing, or not yet, are left out.
    """
    rows = LotRow.objects.filter(
        source_kind__in=_KINDS, source_ref__in=list(order_ids), replaces=None
    )
    found: dict[str, list[Lot]] = defaultdict(list)
    for row in rows.select_related("account").order_by("id"):
        found[row.source_ref].append(_lot(row))
    return dict(found)


def kept_of(order_id: str) -> Money | None:
    """What was kept from refunds of an order, for bonus of it that was spent; None: nothing. One
    query."""
    rows = Transaction.objects.filter(
        kind="claw_back", source_kind="order", source_ref=order_id, owed_minor__gt=0
    )
    found = rows.values_list("currency").annotate(Sum("owed_minor")).order_by("currency").first()
    return Money(found[1], found[0]) if found else None
