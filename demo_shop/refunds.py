"""Refunds and cancellation of an order, through Oscar's own event handler and payment sources."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.apps.order.processing import EventHandler
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_model

from demo_shop import gateway
from demo_shop.models import GatewayTransaction

REFUND = "Refund"
CANCELLED = "Cancelled"
COMPLETE = "Complete"


class RefundError(PaymentError):
    """The refund cannot be made; the text says why."""


def refundable(order: Any) -> Decimal:
    """What was captured for the order and has not been given back."""
    left = (source.amount_available_for_refund for source in order.sources.all())
    return sum(left, Decimal("0.00"))


def refund_event_type() -> Any:
    return get_model("order", "PaymentEventType").objects.get_or_create(name=REFUND)[0]


def line_left(line: Any) -> int:
    """How many of a line have not been refunded yet."""
    return int(line.quantity - line.payment_event_quantity(refund_event_type()))


class ShopEventHandler(EventHandler):
    """What happens in this shop when an order moves on or money goes back."""

    def handle_order_status_change(
        self, order: Any, new_status: str, note_msg: str | None = None
    ) -> None:
        with transaction.atomic():
            super().handle_order_status_change(order, new_status, note_msg=note_msg)
            if new_status == CANCELLED:
                self._release_stock(order)
                left = refundable(order)
                if left > 0:
                    self.refund_amount(order, left)
            elif new_status == COMPLETE:
                self._consume_stock(order)

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
        return self._refund(order, amount, lines, line_quantities)

    def refund_amount(self, order: Any, amount: Decimal) -> Any:
        """Gives back an amount that belongs to no line in particular."""
        return self._refund(order, amount)

    def refund_lines(
        self, order: Any, lines: Sequence[Any], quantities: Sequence[int], *, shipping: Decimal
    ) -> Any:
        """Gives back what was paid for some of the lines, and postage if asked."""
        self.validate_payment_event(order, refund_event_type(), None, lines, quantities)
        goods = self.calculate_payment_event_subtotal(refund_event_type(), lines, quantities)
        return self._refund(order, goods + shipping, lines, quantities)

    def _refund(
        self,
        order: Any,
        amount: Decimal,
        lines: Sequence[Any] | None = None,
        quantities: Sequence[int] | None = None,
    ) -> Any:
        with transaction.atomic():
            # Two clerks with the same page open: the second waits here and then finds less left.
            get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
            left = refundable(order)
            if amount <= 0:
                raise RefundError(_("Choose an amount above zero."))
            if amount > left:
                raise RefundError(
                    _("Only %(left)s of this order can still be refunded.") % {"left": left}
                )
            reference = self._pay_back(order, amount)
            event = self.create_payment_event(
                order, refund_event_type(), amount, lines, quantities, reference=reference
            )
            self.create_note(order, _("Refunded %(amount)s") % {"amount": amount})
        return event

    def _pay_back(self, order: Any, amount: Decimal) -> str:
        reference = ""
        for source in order.sources.select_for_update():
            part = min(amount, source.amount_available_for_refund)
            if part <= 0:
                continue
            reference = _return_money(source, part)
            source.refund(part, reference=reference, status="Refunded")
            amount -= part
        return reference

    # Orders from before the shop opened hold no stock, and Oscar refuses to move what is not held.
    def _release_stock(self, order: Any) -> None:
        for line in order.lines.filter(num_allocated__gt=0):
            line.cancel_allocation(line.num_allocated)

    def _consume_stock(self, order: Any) -> None:
        for line in order.lines.filter(num_allocated__gt=0):
            line.consume_allocation(line.num_allocated)


def _return_money(source: Any, amount: Decimal) -> str:
    if not GatewayTransaction.objects.filter(reference=source.reference).exists():
        # Not paid by card (store credit, or history that was imported): there is only our book.
        return str(source.reference)
    try:
        return gateway.refund(reference=source.reference, amount=amount)
    except gateway.GatewayError as error:
        raise RefundError(str(error)) from error
