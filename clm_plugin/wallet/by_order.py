"""What orders earned, as the ledger has it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from clm_plugin.wallet.models import Lot as LotRow
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
