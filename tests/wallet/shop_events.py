"""What a shop tells, for the tests of crediting: orders, refunds, cancellations, accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from clm_plugin import pipeline
from clm_plugin.models import Event, Profile
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.models import Lot
from clm_plugin.wallet.publishing import publish
from tests.factories import NOW, new, order, store
from tests.wallet.test_programmes import authored

ME = "customer:1"


def programme(**changes: Any) -> None:
    publish(compile_programme(authored(**{"earn_exclusions": [], **changes})), now=NOW)


def event_rule(event: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    value = {
        "event": event, "life_event": "", "survey": "", "amount": Decimal(5), "once": "ever",
        "waits_for_order": False, **changes,
    }  # fmt: skip
    return ("event", value)


def placed(order_id: str, minor: int, at: datetime = NOW, who: str = ME, **fields: Any) -> None:
    event = order(who, order_id, at)
    data = {
        **event.payload,
        "total_minor": minor,
        "currency": "GBP",
        "product_ids": ["1"],
        "category_ids": ["7"],
        "quantities": [1],
        "totals_minor": [minor],
        "costs_minor": [-1],
        **fields,
    }
    store(new("order.placed", who, at, **data, key=f"order.placed:{order_id}"), at=at)
    pipeline.drain(now=at)


def refunded(
    order_id: str, minor: int, refund_id: str, at: datetime = NOW, tender: str = ""
) -> None:
    data = {
        "order_id": order_id, "refund_id": refund_id, "amount_minor": minor, "currency": "GBP",
        "tender": tender,
    }  # fmt: skip
    event = new("order.refunded", ME, at, **data, key=f"order.refunded:{refund_id}")
    store(event, at=at)
    pipeline.drain(now=at)


def cancelled(order_id: str, at: datetime = NOW) -> None:
    payload = {"order_id": order_id}
    store(new("order.cancelled", "", at, **payload, key=f"cancelled:{order_id}"), at=at)
    pipeline.drain(now=at)


def person(name: str = ME) -> int:
    return Profile.objects.get(identifiers__actor=name).pk


def left() -> list[int]:
    return list(Lot.objects.order_by("id").values_list("remaining_minor", flat=True))


def spend(order_id: str, minor: int, at: datetime) -> None:
    wallet.hold(
        profile_id=person(), amount=Money(minor, "GBP"), key=f"hold:{order_id}", now=at,
        expires_at=at + timedelta(hours=1), order_id=order_id,
    )  # fmt: skip
    wallet.capture(hold_key=f"hold:{order_id}", now=at, order_id=order_id)


def types() -> list[str]:
    rows = Event.objects.filter(type__startswith="credit.").order_by("id")
    return list(rows.values_list("type", flat=True))


def register(number: int, **fields: Any) -> None:
    payload = {"email": f"somebody{number}@example.com", **fields}
    store(new("customer.registered", f"customer:{number}", NOW, **payload))
    pipeline.drain(now=NOW)
