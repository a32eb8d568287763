"""A cancelled order gives its offers back: Oscar never frees a voucher."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.oscar.offers_rows import PREFIX
from clm_plugin.adapters.oscar.orders import is_cancelled
from clm_plugin.offers import api as offers

logger = logging.getLogger("clm_plugin")

PATIENCE_MS = 1_000


def order_status_changed(
    sender: Any = None, *, order: Any, old_status: str, new_status: str, **_: Any
) -> None:
    """In the transaction of the cancellation; never raises (the pipeline frees them once more)."""
    if not is_cancelled(new_status) or is_cancelled(old_status) or connection.needs_rollback:
        return
    try:
        with hurried(PATIENCE_MS):
            give_back(order)
    except Exception:
        logger.exception("clm: the offers of order %s are freed later", order.number)


def give_back(order: Any) -> None:
    """Free the codes and limits that an order used, and Oscar's vouchers of them. Twice is once."""
    offers.free(order.number, now=clock.now(), reason="cancelled")
    applications = get_model("voucher", "VoucherApplication").objects.filter(
        order=order, voucher__offers__slug__startswith=PREFIX
    )
    vouchers = list(applications.values_list("voucher_id", flat=True).distinct())
    if not vouchers:
        return
    get_model("voucher", "VoucherApplication").objects.filter(
        order=order, voucher__in=vouchers
    ).delete()
    get_model("voucher", "Voucher").objects.filter(pk__in=vouchers).update(
        num_orders=Greatest(F("num_orders") - 1, 0)
    )
