"""Oscar's order page with buttons that cancel and refund."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from oscar.apps.dashboard.orders.views import OrderDetailView as OscarOrderDetailView
from oscar.apps.dashboard.orders.views import OrderListView as OscarOrderListView
from oscar.apps.order.exceptions import InvalidOrderStatus, InvalidPaymentEvent
from oscar.apps.payment.exceptions import PaymentError
from oscar.templatetags.currency_filters import currency

from clm_plugin.adapters.oscar.refunding import Refunded
from demo_shop import refunds
from demo_shop.oscar_apps.orders_dashboard.forms import RefundAmountForm, RefundLinesForm


class Handled:
    """What a clerk does to an order moves stock and money, one by one or many at once."""

    def get_handler(self, user: Any = None) -> refunds.ShopEventHandler:
        return refunds.ShopEventHandler(user=user)


class OrderListView(Handled, OscarOrderListView):
    """Oscar's list, whose cancelled orders are refunded."""


class OrderDetailView(Handled, OscarOrderDetailView):
    order_actions = (
        *OscarOrderDetailView.order_actions,
        "cancel_order",
        "refund_all",
        "refund_amount",
        "refund_lines",
        "finish_refunds",
    )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        order, left = self.object, refunds.refundable(self.object)
        context["refundable"] = left
        waiting = context["waiting"] = refunds.waiting_of(order)
        context["tenders_left"] = [
            (
                source.label or source.source_type.name,
                source.amount_available_for_refund
                - sum(part.amount for part in waiting if part.source == source),
            )
            for source in order.sources.all()
        ]
        context["can_cancel"] = refunds.CANCELLED in order.available_statuses()
        context.setdefault("amount_form", RefundAmountForm(left=left, prefix="amount"))
        context.setdefault("lines_form", RefundLinesForm(order=order, prefix="lines"))
        # super() drops what it does not know, so a form with errors has to be put back.
        context.update(
            {k: v for k, v in kwargs.items() if k in {"amount_form", "lines_form", "asked"}}
        )
        return context

    def cancel_order(self, request: HttpRequest, order: Any) -> HttpResponse:
        note = _("Order cancelled")
        return self._act(
            lambda: self.get_handler(user=request.user).handle_order_status_change(
                order, refunds.CANCELLED, note_msg=note
            ),
            _("The order is cancelled; what was paid has been refunded."),
        )

    def refund_all(self, request: HttpRequest, order: Any) -> HttpResponse:
        left = refunds.refundable(order)
        return self._confirmed(order, left) or self._act(
            lambda: self._handler().refund_amount(order, left, key=self._key()),
            _("Everything has been refunded."),
        )

    def refund_amount(self, request: HttpRequest, order: Any) -> HttpResponse:
        left = refunds.refundable(order)
        form = RefundAmountForm(request.POST, left=left, prefix="amount")
        if not self._is_done(order) and not form.is_valid():
            return self._show(amount_form=form)
        amount = form.cleaned_data["amount"] if form.is_valid() else left
        return self._confirmed(order, amount) or self._act(
            lambda: self._handler().refund_amount(order, amount, key=self._key()),
            _("Refunded %(amount)s.") % {"amount": amount},
        )

    def refund_lines(self, request: HttpRequest, order: Any) -> HttpResponse:
        form = RefundLinesForm(request.POST, order=order, prefix="lines")
        text = _("The chosen items have been refunded.")
        if self._is_done(order):
            return self._act(lambda: self._handler().finish(order), text)
        if not form.is_valid():
            return self._show(lines_form=form)
        (lines, quantities), shipping = form.chosen(), form.shipping_amount()
        amount = self._handler().worth(lines, quantities) + shipping
        return self._confirmed(order, amount) or self._act(
            lambda: self._handler().refund_lines(
                order, lines, quantities, shipping=shipping, key=self._key()
            ),
            text,
        )

    def finish_refunds(self, request: HttpRequest, order: Any) -> HttpResponse:
        """Another try at what another gateway did not pay."""
        return self._act(
            lambda: self._handler().finish(order), _("Nothing of this refund waits any more.")
        )

    def _handler(self) -> refunds.ShopEventHandler:
        return self.get_handler(user=self.request.user)

    def _key(self) -> str:
        """Names this refund, so that a second click on its button makes no second one."""
        return str(self.request.POST.get("refund_key", ""))[:64]

    def _is_done(self, order: Any) -> bool:
        return refunds.is_done(order, self._key())

    def _confirmed(self, order: Any, amount: Decimal) -> HttpResponse | None:
        """None when the clerk saw how this very amount is split; else the page that shows it."""
        if self._is_done(order) or self.request.POST.get("seen") == str(amount):
            return None
        foreseen = refunds.foreseen(order, amount)
        if foreseen is None:
            return None  # refused below, with the reason
        ignored = ("csrfmiddlewaretoken", "seen", "refund_key")
        fields = [(k, v) for k, v in self.request.POST.items() if k not in ignored]
        key = f"refund-{uuid4().hex}"
        asked = {"amount": amount, "foreseen": foreseen, "fields": fields, "key": key}
        shown: HttpResponse = self.render_to_response(self.get_context_data(asked=asked))
        return shown

    def _act(self, action: Callable[[], Any], success: str) -> HttpResponse:
        try:
            done = action()
        except (PaymentError, InvalidPaymentEvent, InvalidOrderStatus) as error:
            messages.error(self.request, str(error) or _("This refund is not possible."))
        else:
            if isinstance(done, Refunded) and done.waiting:
                self._say_what_waits(done)
            else:
                messages.success(self.request, success)
            if isinstance(done, Refunded) and done.kept:
                kept = currency(done.kept, self.object.currency)
                text = _("%(kept)s of it was kept, for bonus of this order that was spent.")
                messages.info(self.request, text % {"kept": kept})
            if isinstance(done, Refunded) and done.lost:
                lost = currency(done.lost, self.object.currency)
                text = _("%(lost)s of the store credit reached nobody: its owner was erased.")
                messages.warning(self.request, text % {"lost": lost})
        response: HttpResponse = self.reload_page()
        return response

    def _say_what_waits(self, done: Refunded) -> None:
        for part in done.parts:
            paid = currency(part.amount, self.object.currency)
            text = _("%(amount)s went back to %(label)s.")
            messages.success(self.request, text % {"amount": paid, "label": part.label})
        for part in done.waiting:
            messages.error(self.request, refunds.not_paid_yet(part))

    def _show(self, **forms: Any) -> HttpResponse:
        shown: HttpResponse = self.render_to_response(self.get_context_data(**forms))
        shown.status_code = 422
        return shown
