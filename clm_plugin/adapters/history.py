"""The shop's records as events, for any shop: live orders, the reconciler and the back-fill.

All three give a record the same key in the same namespace, so it counts once whoever tells it.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from clm_plugin.events.api import (
    NewEvent,
    actor,
    cursor_of,
    drop_cursors,
    move_cursor,
    record_many,
)
from clm_plugin.profiles.api import email_hash
from clm_plugin.shop.api import Customer, Line, Order, Refund, Shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from clm_plugin.money import Money

NAMESPACE = "shop"
LIVE, HISTORY = "shop", "backfill"
PAGE = 2_000
Record = TypeVar("Record")


def order_placed(order: Order, *, source: str = LIVE, visitor: str = "") -> NewEvent:
    """The event of an order. ``visitor`` is a visitor id that the server knows to be hers."""
    name, links = _customer_of_order(order, source, visitor)
    # Lines of products that were deleted tell nothing but money, and that is in the total.
    lines = [line for line in order.lines if line.product_id]
    return NewEvent(
        type="order.placed",
        actor=name,
        links=links,
        object_id=order.id[:64],
        occurred_at=order.placed_at,
        source=source,
        namespace=NAMESPACE,
        key=f"order.placed:{order.id}",
        payload={
            "order_id": order.id,
            "basket_id": order.basket_id or "",
            "email": order.email,
            "first_name": order.first_name,
            "country": order.country,
            "currency": order.total.currency,
            "total_minor": order.total.minor,
            "product_ids": [line.product_id for line in lines],
            "category_ids": [line.category_ids[0] if line.category_ids else "" for line in lines],
            "quantities": [line.quantity for line in lines],
            "totals_minor": [line.total.minor for line in lines],
            "costs_minor": [-1 if line.cost is None else line.cost.minor for line in lines],
            **_for_earning(order, lines),
        },
    )


def _for_earning(order: Order, lines: list[Line]) -> dict[str, Any]:
    """What programmes ask of an order; what is nought is left out, to keep the log small."""
    found: dict[str, Any] = {}
    # Of a million lines hardly any has one of these: look before making lists.
    if any(line.tax and line.tax.minor for line in lines):
        found["taxes_minor"] = [_minor(line.tax) for line in lines]
    if any(line.discount and line.discount.minor for line in lines):
        found["discounts_minor"] = [_minor(line.discount) for line in lines]
        units = [_part(line) for line in lines]
        found |= {"discounted_quantities": units} if any(units) else {}
    if any(line.is_gift_card for line in lines):
        found["gift_cards"] = [int(line.is_gift_card) for line in lines]
    amounts = {
        "shipping_minor": _minor(order.shipping),
        "shipping_tax_minor": _minor(order.shipping_tax),
        "credit_minor": _minor(order.paid_by_credit),
    }
    found |= {name: amount for name, amount in amounts.items() if amount}
    return found | {"codes": list(order.codes)} if order.codes else found


def _part(line: Line) -> int:
    """Of how many units of a line something was taken off; 0 where it was of all, or of none."""
    units = line.discounted_quantity or 0
    return units if _minor(line.discount) > 0 and units < line.quantity else 0


def _minor(money: Money | None) -> int:
    return 0 if money is None else money.minor


def _customer_of_order(order: Order, source: str, visitor: str) -> tuple[str, tuple[str, ...]]:
    """An account acts; a guest is her basket (and device) while it lives.

    A guest of the past is known by her address only, and its hash names her without joining her
    to any account or device: whoever typed the address need not own it (reliability, case 45).
    """
    names = []
    if order.customer_id:
        names.append(actor("customer", order.customer_id))
    elif source == HISTORY and order.email:
        return actor("guest", email_hash(order.email)), ()
    if visitor:
        names.append(actor("visitor", visitor))
    if order.basket_id:
        names.append(actor("basket", order.basket_id))
    if not names and order.email:
        names.append(actor("guest", email_hash(order.email)))
    return (names[0], tuple(names[1:])) if names else ("", ())


def order_cancelled(
    order_id: str, customer_id: str | None, *, at: datetime, source: str = LIVE
) -> NewEvent:
    """The event of a cancellation. A guest's is about nobody: her order tells whose it is."""
    return NewEvent(
        type="order.cancelled",
        actor=actor("customer", customer_id) if customer_id else "",
        object_id=order_id[:64],
        occurred_at=at,
        source=source,
        namespace=NAMESPACE,
        key=f"order.cancelled:{order_id}",
        payload={"order_id": order_id},
    )


def order_refunded(refund: Refund, *, source: str = LIVE) -> NewEvent:
    """The event of a refund, whole or part."""
    return NewEvent(
        type="order.refunded",
        actor=actor("customer", refund.customer_id) if refund.customer_id else "",
        object_id=refund.order_id[:64],
        occurred_at=refund.refunded_at,
        source=source,
        namespace=NAMESPACE,
        key=f"order.refunded:{refund.id}",
        payload={
            "order_id": refund.order_id,
            "refund_id": refund.id,
            "amount_minor": refund.amount.minor,
            "currency": refund.amount.currency,
            **({"tender": refund.tender} if refund.tender else {}),
        },
    )


def customer_registered(
    customer: Customer, *, at: datetime, source: str = LIVE, links: tuple[str, ...] = ()
) -> NewEvent:
    """The event of a new account."""
    return NewEvent(
        type="customer.registered",
        actor=actor("customer", customer.id),
        links=links,
        occurred_at=customer.registered_at or at,
        source=source,
        namespace=NAMESPACE,
        key=f"customer.registered:{customer.id}",
        payload={
            "email": customer.email,
            "first_name": customer.first_name,
            "language": customer.language,
        },
    )


def order_events(order: Order, *, source: str) -> list[NewEvent]:
    """All that an order on record stands for. A shop on record says not when it was cancelled."""
    events = [order_placed(order, source=source)]
    if order.is_cancelled:
        cancelled = order_cancelled(order.id, order.customer_id, at=order.placed_at, source=source)
        events.append(cancelled)
    return events


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """How many records were read, and how many of their events were new."""

    registrations: int = 0
    orders: int = 0
    refunds: int = 0
    stored: int = 0


def backfill(
    shop: Shop,
    *,
    now: datetime,
    progress: Callable[[str, int, int | None], None] = lambda *_: None,
    restart: bool = False,
) -> Backfilled:
    """Read the shop's whole history into the log, silently; goes on where the last run stopped.

    ``progress`` is told the part, the records read so far and their number if known. ``restart``
    reads everything again, which changes nothing that is stored already.
    """
    if restart:
        drop_cursors("backfill.")
    registered, new = _copy(
        "registrations",
        shop.registrations,
        lambda customer: _account(customer, now),
        lambda customer: customer.id,
        now=now,
        progress=progress,
    )
    ordered, new_orders = _copy(
        "orders",
        shop.orders,
        lambda order: order_events(order, source=HISTORY),
        lambda order: order.cursor,
        now=now,
        progress=progress,
        count=shop.count_orders,
    )
    refunded = new_refunds = 0
    if shop.supports_refunds:
        refunded, new_refunds = _copy(
            "refunds",
            shop.refunds,
            lambda refund: [order_refunded(refund, source=HISTORY)],
            lambda refund: refund.cursor,
            now=now,
            progress=progress,
        )
    return Backfilled(
        registrations=registered,
        orders=ordered,
        refunds=refunded,
        stored=new + new_orders + new_refunds,
    )


def _account(customer: Customer, now: datetime) -> list[NewEvent]:
    # The shopkeepers' own accounts are no customers until they order.
    return [] if customer.is_staff else [customer_registered(customer, at=now, source=HISTORY)]


def _copy(
    part: str,
    read: Callable[..., Sequence[Record]],
    events_of: Callable[[Record], list[NewEvent]],
    place_of: Callable[[Record], str],
    *,
    now: datetime,
    progress: Callable[[str, int, int | None], None],
    count: Callable[..., int] | None = None,
) -> tuple[int, int]:
    """Page by page, each with its cursor in one transaction; returns records read, events new."""
    name = f"backfill.{part}"
    after = cursor_of(name)
    total = count(after=after) if count else None
    done = stored = 0
    progress(part, done, total)
    more = True
    while more:
        with _uncollected():
            records = read(after=after, limit=PAGE)
            if more := bool(records):
                after = place_of(records[-1])
                events = [event for record in records for event in events_of(record)]
                with transaction.atomic():
                    stored += record_many(events, received_at=now, checked=True)
                    move_cursor(name, after, now=now)
        done += len(records)
        progress(part, done, total)
    return done, stored


@contextmanager
def _uncollected() -> Iterator[None]:
    """A page without the cyclic collector: records hold no cycles, and looking through hundreds of
    thousands of young objects for some, again and again, takes as long as reading them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
