"""Stock and price of a product, told after the commit and only when the number is another.

Seen: ``StockRecord.save()`` (the dashboard, imports by save) and Oscar's own ``allocate``,
``consume_allocation`` and ``cancel_allocation``, which update by ``F()`` but send the two signals
themselves. Not seen: ``queryset.update``, ``bulk_update``, ``bulk_create`` and raw SQL.

What it costs: a save, one read of the old numbers by primary key; Oscar's allocations, none, for
the instance still holds them. The rest happens once per transaction, after the commit: one read of
all changed records and one write, so a checkout of ten lines pays for one.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.guard import safely, tell
from clm_plugin.adapters.oscar.catalogue import price_of
from clm_plugin.events.api import NewEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Stock (net of allocations) and price of a record.
_Numbers = tuple[int, Any]


class _Changed(threading.local):
    """Records that changed in this thread's transaction, with the numbers before it.

    What a rolled-back transaction leaves here is harmless: at the next commit the record is read,
    and it has not changed.
    """

    def __init__(self) -> None:
        self.before: dict[Any, _Numbers] = {}


_changed = _Changed()


@safely
def stock_record_saving(
    *, instance: Any, raw: bool = False, **kwargs: Any
) -> Callable[[], None] | None:
    """Before a save: note the old numbers."""
    if raw or instance._state.adding:
        return None
    # Oscar's own signal around an F() update is known by an argument that Django never sends.
    if instance.pk in _changed.before:
        return None
    if "created" in kwargs:
        _changed.before[instance.pk] = _numbers(instance)
        return None
    return partial(_note, instance)


def _note(instance: Any) -> None:
    numbers = _stored(instance)
    if numbers is not None:
        _changed.before[instance.pk] = numbers


@safely
def stock_record_saved(
    *, instance: Any, created: bool = False, raw: bool = False, **_: Any
) -> None:
    """After a save: look at it again when it is committed."""
    if raw or created or instance.pk not in _changed.before:
        return
    if _changed.before[instance.pk] == _numbers(instance):
        # Nothing changed, or it was changed back: an import of equal numbers must leave no trace.
        del _changed.before[instance.pk]
        return
    transaction.on_commit(_flush, robust=True)


def _numbers(record: Any) -> _Numbers:
    return record.net_stock_level, record.price


def _stored(instance: Any) -> _Numbers | None:
    record = type(instance)._default_manager.filter(pk=instance.pk)
    fields = ("num_in_stock", "num_allocated", "price")
    found = record.values_list(*fields).first()
    if found is None:
        return None
    in_stock, allocated, price = found
    return (0 if in_stock is None else in_stock - (allocated or 0)), price


def _flush() -> None:
    before, _changed.before = _changed.before, {}
    if before:
        tell(partial(_events, before))


def _events(before: Mapping[Any, _Numbers]) -> list[NewEvent]:
    records = get_model("partner", "StockRecord").objects.filter(pk__in=list(before))
    strategy = get_class("partner.strategy", "Selector")().strategy()
    now, events = clock.now(), []
    for record in records.select_related(
        "product__product_class", "product__parent__product_class"
    ):
        stock, price = _numbers(record)
        old_stock, old_price = before[record.pk]
        product = str(record.product_id)
        told: list[tuple[str, dict[str, Any]]] = []
        if stock != old_stock:
            told.append(("stock.changed", {"product_id": product, "stock": stock}))
        if price != old_price:
            info = strategy.fetch_for_product(record.product, stockrecord=record)
            if money := price_of(info):
                payload = {"price_minor": money.minor, "currency": money.currency}
                told.append(("price.changed", {"product_id": product, **payload}))
        events += [
            NewEvent(type=type_, actor="", object_id=product, occurred_at=now, payload=payload)
            for type_, payload in told
        ]
    return events
