"""Small makers of events for tests: what a shop or a browser would tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from clm_plugin.events.api import Event, NewEvent, record_many, uuid7

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def new(type_: str, actor: str, at: datetime = NOW, **fields: Any) -> NewEvent:
    """An event; ``links``, ``source`` and ``key`` are taken out of the payload's fields."""
    outer = {name: fields.pop(name) for name in ("links", "source", "key") if name in fields}
    outer.setdefault("key", uuid4().hex)
    return NewEvent(type=type_, actor=actor, payload=fields, occurred_at=at, **outer)


def viewed(actor: str, product: str = "1", at: datetime = NOW, **fields: Any) -> NewEvent:
    return new("product.viewed", actor, at, product_id=product, source="browser", **fields)


def basket(
    actor: str, basket_id: str = "b1", at: datetime = NOW, items: int = 1, **fields: Any
) -> NewEvent:
    return new(
        "basket.changed",
        actor,
        at,
        basket_id=basket_id,
        product_ids=["1"] if items else [],
        quantities=[items] if items else [],
        total_minor=items * 1000,
        currency="GBP",
        **fields,
    )


def order(
    actor: str, order_id: str, at: datetime = NOW, total: int = 2000, **fields: Any
) -> NewEvent:
    fields.setdefault("key", order_id)
    return new(
        "order.placed",
        actor,
        at,
        order_id=order_id,
        currency="GBP",
        total_minor=total,
        product_ids=["1", "2"],
        category_ids=["10", "20"],
        quantities=[1, 2],
        totals_minor=[total // 4, total - total // 4],
        costs_minor=[total // 10, -1],
        **fields,
    )


def store(*events: NewEvent, at: datetime | None = None) -> int:
    """Store events as received at the latest of their times (or ``at``)."""
    return record_many(events, received_at=at or max(event.occurred_at for event in events))


def stored(event: NewEvent) -> Event:
    """The event as the floors above read it, without a database."""
    return Event(
        id=uuid7(),
        type=event.type,
        actor=event.actor,
        object_id="",
        occurred_at=event.occurred_at,
        received_at=NOW,
        source=event.source,
        payload=event.payload,
        links=event.links,
    )


def days(number: float) -> timedelta:
    return timedelta(days=number)
