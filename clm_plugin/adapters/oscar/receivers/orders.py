"""Checkout, orders and refunds.

``order_placed`` comes after the commit and can be lost; ``reconcile`` finds it. Refunds are the
saves of a payment transaction of type "Refund", as ``Source.refund()`` and the dashboard make them;
money given back by other means is not seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters import history
from clm_plugin.adapters.guard import Again, Told, safely
from clm_plugin.adapters.oscar.baskets import loaded_basket
from clm_plugin.adapters.oscar.orders import (
    REFUND,
    is_cancelled,
    read_order,
    refund_from,
    refund_rows,
)
from clm_plugin.adapters.oscar.tenders import credit_being_paid, making_refund
from clm_plugin.adapters.people import current_request, is_silent, names_of, remember
from clm_plugin.events.api import NewEvent, actor
from clm_plugin.profiles.api import visitor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.money import Money


@safely
def start_checkout(*, request: HttpRequest, **_: Any) -> Told:
    return _step("checkout.started", request)


@safely
def payment_reached(*, view: Any, **_: Any) -> Told:
    """Before or after payment, whichever Oscar says first in a request."""
    request = view.request
    remember(request)  # order_placed carries no request, and follows in the same one
    if getattr(request, "_clm_payment_told", False):
        return None
    request._clm_payment_told = True
    return _step("payment.reached", request)


def _step(type_: str, request: HttpRequest) -> list[NewEvent] | None:
    if is_silent(request):
        return None
    basket = loaded_basket(request)
    basket_id = str(basket.pk) if basket is not None and basket.pk else ""
    name, links = names_of(request, basket_id=basket_id)
    if not name:
        return None
    return [
        NewEvent(
            type=type_,
            actor=name,
            links=links,
            object_id=basket_id,
            occurred_at=clock.now(),
            payload={"basket_id": basket_id},
        )
    ]


@safely
def order_placed(*, order: Any, **_: Any) -> Told:
    """An order, whoever typed it in: it is a record of the shop, so no consent and no crawler rule
    applies to it; only the visitor's device is left out where those rules say so."""
    request = current_request()
    visitor = "" if request is None or is_silent(request) else visitor_of(request)
    return Again(_placed, order.pk, visitor, credit_being_paid.get())


def _placed(pk: Any, visitor: str, credit: Money | None = None) -> list[NewEvent] | None:
    found = read_order(pk)
    if found is None:
        return None
    if credit is not None and found.paid_by_credit is None:
        found = replace(found, paid_by_credit=credit)  # Oscar writes its sources after the signal
    return [history.order_placed(found, visitor=visitor)]


@safely
def order_status_changed(*, order: Any, old_status: str, new_status: str, **_: Any) -> Told:
    changed = _change("order.status_changed", order, {"old": old_status, "new": new_status})
    if not is_cancelled(new_status):
        return [changed]
    customer = None if order.user_id is None else str(order.user_id)
    return [changed, history.order_cancelled(order.number, customer, at=clock.now())]


@safely
def order_line_status_changed(*, line: Any, old_status: str, new_status: str, **_: Any) -> Told:
    """A line's own ``set_status``. The lines that follow their order's status send no signal."""
    payload = {"old": old_status, "new": new_status, "product_id": str(line.product_id or "")}
    return lambda: [_change("order.line_status_changed", line.order, payload)]


def _change(type_: str, order: Any, payload: dict[str, Any]) -> NewEvent:
    return NewEvent(
        type=type_,
        actor=actor("customer", order.user_id) if order.user_id else "",
        object_id=order.number[:64],
        occurred_at=clock.now(),
        payload={"order_id": order.number, **payload},
    )


@safely
def transaction_saved(*, instance: Any, raw: bool = False, **_: Any) -> Told:
    """A refund. Saved again, it has the same key and counts no second time."""
    if raw or instance.txn_type != REFUND or making_refund.get():
        return None
    return Again(_refunded, instance.pk)


def _refunded(pk: Any) -> list[NewEvent]:
    rows = get_model("payment", "Transaction").objects.filter(pk=pk)
    return [history.order_refunded(refund_from(row)) for row in refund_rows(rows)]
