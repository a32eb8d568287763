"""Refunds and cancellation of an order, through Oscar's own event handler and payment sources."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.apps.order.processing import EventHandler
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.refunding import (
    REFUND,
    Part,
    Refunded,
    RefundRefused,
    finish_refunds,
    foresee_refund,
    refund_order,
    refundable,
    waiting_of,
)
from demo_shop import gateway
from demo_shop.models import GatewayTransaction

Order = get_model("order", "Order")

CANCELLED = "Cancelled"
COMPLETE = "Complete"
WITH_DELIVERY = "+delivery"
"""How the references of refunds end that gave back the delivery charge: it is given back once."""

__all__ = [
    "CANCELLED",
    "COMPLETE",
    "REFUND",
    "RefundError",
    "ShopEventHandler",
    "refundable",
    "waiting_of",
]


class RefundError(PaymentError):
    """The refund cannot be made; the text says why."""


def refund_event_type() -> Any:
    return get_model("order", "PaymentEventType").objects.get_or_create(name=REFUND)[0]


def line_left(line: Any) -> int:
    """How many of a line have not been refunded yet."""
    return int(line.quantity - line.payment_event_quantity(refund_event_type()))


def is_delivery_refunded(order: Any) -> bool:
    """Whether the delivery charge of an order was given back."""
    found = order.payment_events.filter(reference__endswith=WITH_DELIVERY)
    return bool(found.filter(event_type__name=REFUND).exists())


def is_done(order: Any, key: str) -> bool:
    """Whether the refund of this key was made."""
    keys = [key, key + WITH_DELIVERY]
    return bool(key) and bool(order.payment_events.filter(reference__in=keys).exists())


def foreseen(order: Any, amount: Decimal) -> Refunded | None:
    """How a refund would be spread over what the order was paid with; None when it cannot be."""
    try:
        return foresee_refund(order, amount)
    except RefundRefused:
        return None


class ShopEventHandler(EventHandler):
    """What happens in this shop when an order moves on or money goes back."""

    def handle_order_status_change(
        self, order: Any, new_status: str, note_msg: str | None = None
    ) -> Refunded | None:
        """Returns what a cancellation gave back."""
        done = None
        with transaction.atomic():
            super().handle_order_status_change(order, new_status, note_msg=note_msg)
            if new_status == CANCELLED:
                self._release_stock(order)
                left = refundable(order)
                if left > 0:
                    done = self.refund_amount(order, left)
            elif new_status == COMPLETE:
                self._consume_stock(order)
        return done

    def handle_payment_event(
        self,
        order: Any,
        event_type: Any,
        amount: Decimal,
        lines: Sequence[Any] | None = None,
        line_quantities: Sequence[int] | None = None,
        **kwargs: Any,
    ) -> Any:
        # The dashboard's own event form offers "Refund" as well: it must move money too.
        if event_type.name != REFUND:
            return super().handle_payment_event(
                order, event_type, amount, lines, line_quantities, **kwargs
            )
        self.validate_payment_event(order, event_type, amount, lines, line_quantities)
        return self._refund(order, amount, lines, line_quantities).event

    def refund_amount(self, order: Any, amount: Decimal, *, key: str = "") -> Refunded:
        """Gives back an amount that belongs to no line in particular; once for each key."""
        return self._refund(order, amount, key=key)

    def refund_lines(
        self,
        order: Any,
        lines: Sequence[Any],
        quantities: Sequence[int],
        *,
        shipping: Decimal,
        key: str = "",
    ) -> Refunded:
        """Gives back what was paid for some of the lines, and postage if asked: each once."""
        with transaction.atomic():
            # Two clerks with the same line: the second waits, and finds it refunded.
            order = Order.objects.select_for_update().get(pk=order.pk)
            if is_done(order, key):
                return self.finish(order)
            if shipping and is_delivery_refunded(order):
                raise RefundError(_("The delivery charge was refunded before."))
            self.validate_payment_event(order, refund_event_type(), None, lines, quantities)
            amount = self.worth(lines, quantities) + shipping
            named = key + WITH_DELIVERY if shipping else key
            return self._refund(order, amount, lines, quantities, key=named)

    def worth(self, lines: Sequence[Any], quantities: Sequence[int]) -> Decimal:
        """What was paid for so many of these lines."""
        subtotal = self.calculate_payment_event_subtotal(refund_event_type(), lines, quantities)
        return Decimal(subtotal)

    def payment_failed(self, order: Any, *, key: str) -> Refunded | None:
        """The bank took the card's money back (a message of the gateway's, which may come twice).

        Nothing is sent to the card; the credit part goes back to the customer.
        """
        if order.payment_events.filter(reference=key).exists():
            return None
        left = refundable(order)
        if left <= 0:
            return self.finish(order, is_gone=True)
        return self._refund(order, left, key=key, is_gone=True)

    def _refund(
        self,
        order: Any,
        amount: Decimal,
        lines: Sequence[Any] | None = None,
        quantities: Sequence[int] | None = None,
        *,
        key: str = "",
        is_gone: bool = False,
    ) -> Refunded:
        clerk = f"staff:{self.user.get_username()}" if self.user else "shop"
        try:
            with transaction.atomic():
                done = refund_order(
                    order,
                    amount,
                    pay_back=_PAY_BACK[is_gone],
                    key=key,
                    lines=lines,
                    quantities=quantities,
                    actor=clerk,
                    is_gone=is_gone,
                )
                self._note(order, done)
        except RefundRefused as error:
            raise RefundError(str(error)) from error
        return done

    def finish(self, order: Any, *, is_gone: bool = False) -> Refunded:
        """Pays what waits of earlier refunds, each once."""
        paid, still = finish_refunds(order, pay_back=_PAY_BACK[is_gone])
        done = Refunded(parts=tuple(paid), waiting=tuple(still), repeated=True)
        self._note(order, done)
        return done

    def _note(self, order: Any, done: Refunded) -> None:
        if done.parts or done.waiting or not done.repeated:
            self.create_note(order, _note(done))

    # Orders from before the shop opened hold no stock, and Oscar refuses to move what is not held.
    def _release_stock(self, order: Any) -> None:
        for line in order.lines.filter(num_allocated__gt=0):
            line.cancel_allocation(line.num_allocated)

    def _consume_stock(self, order: Any) -> None:
        for line in order.lines.filter(num_allocated__gt=0):
            line.consume_allocation(line.num_allocated)


def _note(done: Refunded) -> str:
    parts = "; ".join(f"{part.label}: {part.amount}" for part in done.parts)
    text = _("Refunded %(amount)s (%(parts)s)") % {"amount": done.amount, "parts": parts}
    if done.kept:
        kept = _("Kept %(kept)s for bonus of this order that was spent.") % {"kept": done.kept}
        text = f"{text}. {kept}"
    if done.lost:
        lost = _("%(lost)s of the store credit reached nobody: its owner was erased.")
        text = f"{text}. {lost % {'lost': done.lost}}"
    for part in done.waiting:
        text = f"{text}. {not_paid_yet(part)}"
    return text


def not_paid_yet(part: Part) -> str:
    """What a clerk reads of a part that waits."""
    told = {"label": part.label, "amount": part.amount, "why": part.why}
    return _("%(amount)s to %(label)s did not go back yet: %(why)s") % told


def _already_gone(source: Any, amount: Decimal, step: str) -> str:
    return str(source.reference)


def _return_money(source: Any, amount: Decimal, step: str) -> str:
    if not GatewayTransaction.objects.filter(reference=source.reference).exists():
        # Not paid by card (history that was imported): there is only our book.
        return str(source.reference)
    try:
        return gateway.refund(reference=source.reference, amount=amount, key=step)
    except gateway.GatewayError as error:
        raise RefundError(str(error)) from error


_PAY_BACK = {False: _return_money, True: _already_gone}
"""By whether the bank took the money back itself."""
