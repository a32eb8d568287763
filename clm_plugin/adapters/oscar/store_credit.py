"""Store credit in Oscar's checkout: a mixin for the view that takes payment.

Put it left of Oscar's view, and let ``handle_payment`` charge what ``pay_with_credit`` leaves::

    class PaymentDetailsView(StoreCredit, OscarPaymentDetailsView):
        def handle_payment(self, order_number, total, **kwargs):
            rest = self.pay_with_credit(order_number, total)
            if rest:
                self.charge_card(rest)

Not a ``pre_payment`` receiver: Oscar swallows what those raise, and the card would pay it all.
"""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar.mixed_in import OscarsOwn
from clm_plugin.adapters.oscar.purchases import purchase_of
from clm_plugin.adapters.oscar.tenders import credit_being_paid
from clm_plugin.adapters.tender import api as tender
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER

if TYPE_CHECKING:
    from collections.abc import Iterator

PAID_EVENT = "Paid with store credit"
"""An event type of its own: Oscar counts quantities by type, and a line is not paid for twice."""
SHOWN_FIELD = "credit_minor"
"""The preview's hidden field: what the shopper agreed to, whatever another tab did since."""


class StoreCredit(OscarsOwn):
    """What the wish to use store credit does to payment and order.

    Held before any card is charged, spent in the transaction that writes the order, free again
    whenever Oscar gives the basket back. Templates get ``store_credit`` (a ``CreditUse`` or None).
    """

    request: Any
    checkout_session: Any
    preview: bool
    _credit_basket: Any = None
    _credit_shipping: Any = None
    _credit_paid: tuple[str, Money] | None = None

    # What pages show

    def store_credit(self, submission: dict[str, Any] | None = None) -> tender.CreditUse | None:
        """Store credit and what is about to be bought."""
        found = submission or self.build_submission()
        basket, total = found["basket"], found["order_total"]
        if total is None or basket.is_empty:
            return tender.credit_use(self.request)
        priced = partial(purchase_of, basket, found["shipping_charge"], total)
        return tender.credit_use(self.request, priced)

    def rest_to_pay(self, submission: dict[str, Any] | None = None) -> Decimal | None:
        """What is left for a card after the credit; None while the total is unknown."""
        found = submission or self.build_submission()
        if found["order_total"] is None:
            return None
        due: Decimal = found["order_total"].incl_tax
        use = self.store_credit(found)
        return use.rest.amount if use and use.is_used else due

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        use = context["store_credit"] = self.store_credit(context)
        if self.preview:
            shown = use.amount.minor if use else 0
            self.checkout_session._set("payment", "credit_shown", shown)
        return context

    # Paying

    def submit(
        self,
        user: Any,
        basket: Any,
        shipping_address: Any,
        shipping_method: Any,
        shipping_charge: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        self._credit_basket, self._credit_shipping = basket, shipping_charge
        return super().submit(
            user,
            basket,
            shipping_address,
            shipping_method,
            shipping_charge,
            *args,
            **kwargs,
        )

    def pay_with_credit(self, order_number: Any, total: Any) -> Decimal:
        """Hold the credit that the shopper agreed to; returns what is left for other means.

        The first line of ``handle_payment``, also when the shopper comes back from a bank. Raises
        Oscar's UnableToTakePayment, with a text for the shopper, when the credit is not there any
        more: nothing may be charged then.
        """
        number, due = str(order_number), Money.of(total.incl_tax, total.currency)
        try:
            held = self._credit_resumed(number, due) or self._credit_begun(number, due, total)
        except tender.CreditError as error:
            self._credit_give_up(error)
            raise get_class("payment.exceptions", "UnableToTakePayment")(str(error)) from error
        if held is None:
            return _decimal(total.incl_tax)
        self._credit_paid = held
        key, amount = held
        kept = {"order": number, "key": key, "minor": amount.minor, "currency": amount.currency}
        self.checkout_session._set("payment", "credit", kept)
        self._credit_source(key, amount)
        # In whole coins: nobody's card is asked for the rest of a yen.
        return (due - amount).amount

    def _credit_begun(self, number: str, due: Money, total: Any) -> tuple[str, Money] | None:
        """A new hold of what was agreed to; None when that is nothing."""
        amount = self._credit_agreed(total)
        if amount.minor <= 0:
            return None
        basket = self.request.basket if self._credit_basket is None else self._credit_basket
        tender.check_wish(self.request, amount)
        key = tender.hold_key(number)
        tender.begin(
            profile_id=tender.profile_of(self.request),
            purchase=purchase_of(basket, self._credit_shipping, total),
            amount=amount,
            order_id=number,
            key=key,
            now=clock.now(),
        )
        return key, amount

    def _credit_agreed(self, total: Any) -> Money:
        """What the preview showed: its own field knows best, the session remembers the last."""
        told = self.request.POST.get(SHOWN_FIELD, "")
        if told.isascii() and told.isdigit():
            return Money(min(int(told[:13]), 10**12), total.currency)
        shown = self.checkout_session._get("payment", "credit_shown")
        if shown is None:
            use = self.store_credit()
            shown = use.amount.minor if use else 0
        return Money(int(shown), total.currency)

    def _credit_resumed(self, number: str, due: Money) -> tuple[str, Money] | None:
        """The hold of a payment that was sent to a bank and comes back; None without one."""
        kept = self.checkout_session._get("payment", "credit")
        if not kept:
            return None
        key, amount = kept["key"], Money(kept["minor"], kept["currency"])
        if kept["order"] != number or amount.currency != due.currency or amount.minor > due.minor:
            self._credit_release(_("another payment was begun"))
            return None
        tender.resume(key=key, order_id=number, now=clock.now())
        return key, amount

    def _credit_source(self, key: str, amount: Money) -> None:
        model = get_model("payment", "Source")
        kind, _created = get_model("payment", "SourceType").objects.get_or_create(
            code=CREDIT_TENDER, defaults={"name": "Store credit"}
        )
        source = model(
            source_type=kind,
            currency=amount.currency,
            amount_allocated=amount.amount,
            amount_debited=amount.amount,
            reference=key,
            label=_("Store credit"),
        )
        source.create_deferred_transaction("Debit", amount.amount, key, "Captured")
        self.add_payment_source(source)
        self.add_payment_event(PAID_EVENT, amount.amount, reference=key)

    # The order

    def place_order(self, order_number: Any, *args: Any, **kwargs: Any) -> Any:
        """Order, sources and credit in one transaction: all of them stand, or none."""
        number = str(order_number)
        try:
            if self._credit_paid is None:
                self._credit_take_up(number)
            with transaction.atomic(), _paying(self._credit_paid[1] if self._credit_paid else None):
                order = super().place_order(order_number, *args, **kwargs)
                if self._credit_paid is not None:
                    tender.complete(key=self._credit_paid[0], order_id=number, now=clock.now())
        except tender.CreditError as error:
            self._credit_give_up(error)
            raise get_class("order.exceptions", "UnableToPlaceOrder")(str(error)) from error
        return order

    def _credit_take_up(self, number: str) -> None:
        """A shop that places the order in the request of the bank's answer and asks nothing: what
        was held is taken anew with the order, where it is late. The card has paid by now."""
        kept = self.checkout_session._get("payment", "credit")
        if kept and kept["order"] == number:
            self._credit_paid = kept["key"], Money(kept["minor"], kept["currency"])
            self._credit_source(*self._credit_paid)

    def handle_successful_order(self, order: Any) -> Any:
        tender.forget_wish(self.request)
        return super().handle_successful_order(order)

    def restore_frozen_basket(self) -> None:
        """Oscar calls it whenever a payment or an order came to nothing, cancelling views too."""
        self._credit_release(_("the payment came to nothing"))
        super().restore_frozen_basket()

    def _credit_release(self, reason: str) -> None:
        kept = self.checkout_session._get("payment", "credit")
        key = self._credit_paid[0] if self._credit_paid else kept["key"] if kept else ""
        if key:
            tender.abandon(key=key, reason=reason, now=clock.now())
        self.checkout_session._unset("payment", "credit")
        self._credit_paid = None

    def _credit_give_up(self, error: tender.CreditError) -> None:
        """What she wishes from now on, so that the next page shows what is possible."""
        if isinstance(error, tender.CreditChanged) and error.up_to.minor > 0:
            tender.make_wish(self.request, error.up_to, currency=error.up_to.currency)
        else:
            tender.forget_wish(self.request)


def _decimal(amount: Any) -> Decimal:
    return Decimal(amount)


@contextmanager
def _paying(amount: Money | None) -> Iterator[None]:
    token = credit_being_paid.set(amount)
    try:
        yield
    finally:
        credit_being_paid.reset(token)
