"""Payment and order placement; every other step of the checkout is Oscar's."""

import logging
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from oscar.apps.checkout import exceptions
from oscar.apps.checkout.views import PaymentDetailsView as OscarPaymentDetailsView
from oscar.apps.payment.exceptions import RedirectRequired, UnableToTakePayment
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.offers_checkout import ClmOffersAtCheckout
from clm_plugin.adapters.oscar.store_credit import StoreCredit
from demo_shop import clock, gateway
from demo_shop.oscar_apps.checkout.forms import CardForm

logger = logging.getLogger("oscar.checkout")

Order = get_model("order", "Order")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")


class PaymentDetailsView(ClmOffersAtCheckout, StoreCredit, OscarPaymentDetailsView):
    """Asks for a card unless store credit pays it all, shows the order once more, charges and
    places it."""

    _payment_sources: list[Any] | None = None
    _payment_events: list[Any] | None = None

    # The card's token is kept in the checkout session between the payment page and the preview.
    def _card(self) -> dict[str, str] | None:
        card: dict[str, str] | None = self.checkout_session._get("payment", "card")
        return card

    def check_payment_data_is_captured(self, request: HttpRequest) -> None:
        if self._card() is None and self.rest_to_pay():
            raise exceptions.FailedPreCondition(
                url=reverse("checkout:payment-details"), message=_("Please enter a card.")
            )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The card form posts to its own page and redirects, so that a reload of the preview
        # sends no card again.
        if not self.preview:
            return self.handle_payment_details_submission(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def handle_payment_details_submission(self, request: HttpRequest) -> HttpResponse:
        if not self.rest_to_pay():
            return redirect("checkout:preview")
        form = CardForm(request.POST)
        if not form.is_valid():
            shown: HttpResponse = self.render_payment_details(request, card_form=form)
            shown.status_code = 422
            return shown
        card = form.token()
        self.checkout_session._set("payment", "card", {"token": card.token, "label": card.label})
        return redirect("checkout:preview")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("card_form", CardForm())
        card = self._card()
        context["card_label"] = card["label"] if card else ""
        use = context["store_credit"]
        context["nothing_for_card"] = use is not None and use.is_used and not use.rest.minor
        return context

    def build_submission(self, **kwargs: Any) -> dict[str, Any]:
        submission: dict[str, Any] = super().build_submission(**kwargs)
        submission["order_kwargs"]["date_placed"] = clock.now()
        return submission

    def handle_payment(self, order_number: Any, total: Any, **kwargs: Any) -> None:
        # Store credit first: when it is not there any more, no card is charged.
        rest = self.pay_with_credit(order_number, total)
        if rest <= 0:
            return
        card = self._card()
        if card is None:
            raise UnableToTakePayment(_("Please enter a card."))
        reference = self._charge(card, rest, total.currency, str(order_number))
        source_type, _created = SourceType.objects.get_or_create(
            code="card", defaults={"name": "Card"}
        )
        source = Source(
            source_type=source_type,
            currency=total.currency,
            amount_allocated=rest,
            amount_debited=rest,
            reference=reference,
            label=card["label"],
        )
        source.create_deferred_transaction("Debit", rest, reference, "Captured")
        self.add_payment_source(source)
        self.add_payment_event("Paid", rest, reference=reference)

    def _charge(self, card: dict[str, str], amount: Decimal, currency: str, number: str) -> str:
        try:
            return gateway.charge(
                token=card["token"], amount=amount, currency=currency, order_number=number
            )
        except gateway.BankQuestionError as error:
            page = f"{reverse('checkout:bank')}?{urlencode({'q': error.question})}"
            raise RedirectRequired(page) from error
        except gateway.GatewayError as error:
            # Oscar gives the basket back and shows the payment page with this text.
            self.checkout_session._unset("payment", "card")
            raise UnableToTakePayment(str(error)) from error

    def handle_order_placement(self, order_number: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().handle_order_placement(order_number, *args, **kwargs)
        except Exception:
            # Sold out at the last moment, say: money was taken for an order that is not there.
            if not Order.objects.filter(number=str(order_number)).exists():
                self._return_charges()
            raise
        return response

    def _return_charges(self) -> None:
        for source in self._payment_sources or []:
            left = gateway.refundable(reference=source.reference)
            if left > 0:
                gateway.refund(reference=source.reference, amount=left)
        self._payment_sources, self._payment_events = None, None

    def send_order_placed_email(self, order: Any) -> None:
        try:
            super().send_order_placed_email(order)
        except OSError:
            # The order stands whether or not the mail server does.
            logger.exception("Order #%s: the confirmation could not be sent", order.number)

    def get_message_context(self, order: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_message_context(order)
        if "status_path" in context:
            context["status_url"] = self.request.build_absolute_uri(context["status_path"])
        context["shop_url"] = self.request.build_absolute_uri("/")
        return context
