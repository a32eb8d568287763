"""The pretend bank's page, and the way back from it: a payment that leaves the shop for a while."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from oscar.core.loading import get_class, get_model

from demo_shop import gateway
from demo_shop.oscar_apps.checkout.views import PaymentDetailsView

Basket = get_model("basket", "Basket")
Applicator = get_class("offer.applicator", "Applicator")


class BankView(TemplateView):
    """Asks whether this payment is hers; the answer is posted to the shop."""

    template_name = "demo_shop/bank.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = gateway.question(request.GET.get("q", ""))
        except gateway.GatewayError as error:
            messages.error(request, str(error))
            return redirect("basket:summary")
        amount = Decimal(asked["amount"])
        context = self.get_context_data(asked=asked, amount=amount, question=request.GET["q"])
        response: HttpResponse = self.render_to_response(context)
        return response


class BankAnswerView(PaymentDetailsView):
    """Back from the bank: goes on with the frozen basket, or gives it back."""

    preview = True
    pre_conditions: list[str] = []

    def get_pre_conditions(self, request: HttpRequest) -> list[str]:
        return []  # the basket is frozen: the request's own is another, and empty

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("basket:summary")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            asked = gateway.question(request.POST.get("q", ""))
            basket = self.get_submitted_basket()
        except (gateway.GatewayError, Basket.DoesNotExist) as error:
            messages.error(request, str(error))
            return redirect("basket:summary")
        if asked["order"] != str(self.checkout_session.get_order_number()):
            return redirect("basket:summary")  # another payment was begun since
        if request.POST.get("answer") != "yes":
            self.checkout_session._unset("payment", "card")
            self.restore_frozen_basket()
            messages.warning(request, _("Your bank did not approve. Nothing was charged."))
            return redirect("checkout:payment-details")
        card = gateway.approved()
        self.checkout_session._set("payment", "card", {"token": card.token, "label": card.label})
        basket.strategy = request.strategy  # type: ignore[attr-defined]  # Oscar's middleware's
        Applicator().apply(basket, request.user, request)
        response: HttpResponse = self.submit(**self.build_submission(basket=basket))
        return response
