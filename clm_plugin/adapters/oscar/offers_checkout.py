"""Our offers in Oscar's checkout: a mixin for the view that takes payment.

    class PaymentDetailsView(ClmOffersAtCheckout, StoreCredit, OscarPaymentDetailsView):
        ...

What is taken off is reserved before a card is charged, and confirmed in the transaction that writes
the order. When something is not there any more, the shopper is told and nothing is charged. Where
our own tables fail, the order goes on without our offers.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import Error, transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.oscar.mixed_in import OscarsOwn
from clm_plugin.adapters.oscar.offers_candidates import person_of, session_of
from clm_plugin.adapters.oscar.offers_memory import forget, memory
from clm_plugin.adapters.oscar.offers_refused import ALL, keep_out, words_of
from clm_plugin.adapters.oscar.offers_rows import PREFIX, is_ours
from clm_plugin.adapters.oscar.offers_shown import BasketOffers
from clm_plugin.conf import settings
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money
from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import profile_id_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

logger = logging.getLogger("clm_plugin")

PATIENCE_MS = 3_000
"""The longest that a shopper with an offer waits for a statement of ours, or for a lock."""
SHOWN = "offers_shown"


class OffersChanged(ClmError):
    """What the shopper was shown cannot be had any more; the text is for her."""


class ClmOffersAtCheckout(OscarsOwn):
    """Reserves, confirms and frees the offers of an order."""

    request: HttpRequest
    checkout_session: Any
    _method: Any = None

    # What pages show

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        self.checkout_session._set("payment", SHOWN, _shown(context.get("basket")))
        return context

    # Before payment

    def submit(
        self,
        user: Any,
        basket: Any,
        shipping_address: Any,
        shipping_method: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        self._method = shipping_method
        try:
            return super().submit(user, basket, shipping_address, shipping_method, *args, **kwargs)
        except OffersChanged as error:
            if basket.status == basket.FROZEN:  # back from a bank
                self.restore_frozen_basket()
            messages.warning(self.request, str(error))
            return redirect("checkout:preview")

    def generate_order_number(self, basket: Any) -> Any:
        """Oscar's first step of a submission, before the basket is frozen and a card is charged:
        with the number, the order's offers are reserved."""
        number = super().generate_order_number(basket)
        self._agree(basket)
        self._drop_unused(basket)
        uses = uses_of(basket, self._method)
        if uses:
            self._reserve(basket, str(number), uses)
        return number

    def _agree(self, basket: Any) -> None:
        """Raises OffersChanged when less is taken off than the preview showed (case 29)."""
        shown = self.checkout_session._get("payment", SHOWN) or {}
        now = _shown(basket)
        lost = [key for key, told in shown.items() if now.get(key, ["", 0])[1] < told[1]]
        if not lost:
            return
        self.checkout_session._unset("payment", SHOWN)
        told = getattr(basket, "clm_offers", BasketOffers())
        why = {each.key: each.reason for each in told.left_out}
        texts = [
            f"{shown[key][0]}: {why[key]}" if key in why else str(shown[key][0]) for key in lost
        ]
        raise OffersChanged(
            _(
                "Not all offers are taken off any more. %(which)s Nothing was charged: look at the "
                "new total, and place the order again."
            )
            % {"which": " ".join(texts)}
        )

    def _drop_unused(self, basket: Any) -> None:
        """Oscar would mark each voucher on the basket as used, whether it took anything off."""
        used = {
            offer.get_voucher().code
            for offer, _ in _realised(basket, self._method)
            if offer.get_voucher()
        }
        ours = basket.vouchers.filter(offers__slug__startswith=PREFIX)
        unused = [voucher for voucher in ours if voucher.code not in used]
        if unused:
            basket.vouchers.remove(*unused)

    def _reserve(self, basket: Any, number: str, uses: list[offers.Use]) -> None:
        now = clock.now()
        try:
            with hurried(PATIENCE_MS), transaction.atomic():
                _check_lines(basket)
                offers.reserve_all(
                    uses=uses,
                    **_who(self.request),
                    order_id=number,
                    now=now,
                    until=now + settings.CREDIT_HOLD,
                )
        except offers.OfferError as error:
            self._refuse(error, uses, now)
        except Error as error:
            logger.exception("clm: offers are not reserved; the order goes on without them")
            keep_out(self.request, [ALL], now)
            raise OffersChanged(
                _(
                    "Offers cannot be checked at the moment. Nothing was charged: this is the "
                    "total without them."
                )
            ) from error

    def _refuse(self, error: offers.OfferError, uses: list[offers.Use], now: datetime) -> None:
        """Somebody was faster. The next page is priced without what cannot be had; codes and grants
        are asked anew by every page, limits are not."""
        forget()
        if not isinstance(error, offers.CodeTaken | offers.CodeRefused):
            keep_out(self.request, _full(uses, now), now)
        raise OffersChanged(words_of(error)) from error

    # The order

    def place_order(self, order_number: Any, *args: Any, **kwargs: Any) -> Any:
        """Order and offers in one transaction: all of them stand, or none."""
        number, basket = str(order_number), kwargs.get("basket")
        method = kwargs.get("shipping_method", self._method)
        uses = uses_of(basket, method) if basket is not None else []
        if not uses:
            return super().place_order(order_number, *args, **kwargs)
        with transaction.atomic():
            self._confirm(number, uses, kwargs.get("order_total"))
            return super().place_order(order_number, *args, **kwargs)

    def _confirm(self, number: str, uses: list[offers.Use], total: Any) -> None:
        """Raises Oscar's UnableToPlaceOrder when somebody else has a code or the last place now;
        a failure of ours is left to the pipeline, which confirms orders as well."""
        now = clock.now()
        minor = None if total is None else Money.of(total.incl_tax, total.currency).minor
        try:
            with hurried(PATIENCE_MS):
                done = offers.confirm(number, now=now, order_minor=minor)
                missing = {use.offer for use in uses} - {each.offer for each in done.confirmed}
                if done.lost or missing:
                    offers.reserve_all(
                        uses=uses,
                        **_who(self.request),
                        order_id=number,
                        now=now,
                        until=now + settings.CREDIT_HOLD,
                    )
                    offers.confirm(number, now=now, order_minor=minor)
        except offers.OfferError as error:
            forget()
            text = words_of(error, is_paid=True)
            raise get_class("order.exceptions", "UnableToPlaceOrder")(text) from error
        except Error:
            logger.exception("clm: offers of order %s are confirmed later", number)

    def restore_frozen_basket(self) -> None:
        """Oscar calls it whenever a payment or an order came to nothing."""
        number = str(self.checkout_session.get_order_number() or "")
        if number:
            free_unless_placed(number)
        super().restore_frozen_basket()


def free_unless_placed(number: str) -> None:
    """The reservations of an order that was not placed can be used again. Never raises: they run
    out by themselves."""
    try:
        with hurried(PATIENCE_MS):
            if not get_model("order", "Order").objects.filter(number=number).exists():
                offers.free(number, now=clock.now(), reason="not_paid")
    except Exception:
        logger.exception("clm: the offers of order %s are left to their time-out", number)


def _realised(basket: Any, method: Any) -> list[tuple[Any, Any]]:
    """Our offers on a basket that take something off, with the amount."""
    found = []
    for each in basket.offer_applications:
        if not is_ours(each["offer"]):
            continue
        amount = each["discount"]
        if each["result"].affects_shipping:
            amount = method.discount(basket) if method is not None else amount
        if amount > 0:
            found.append((each["offer"], amount))
    return found


def uses_of(basket: Any, method: Any) -> list[offers.Use]:
    """What an order uses of our offers; amounts as Oscar takes them off."""
    told = getattr(basket, "clm_offers", None)
    if told is None:
        return []
    amounts = {offer.slug: amount for offer, amount in _realised(basket, method)}
    return [
        offers.Use(
            offer=each.plan.key,
            code=each.code,
            grant_id=None if each.code else each.grant_id,
            discount_minor=Money.of(amounts[PREFIX + each.plan.key], each.saves.currency).minor,
        )
        for each in told.used
        if PREFIX + each.plan.key in amounts
    ]


def _shown(basket: Any) -> dict[str, list[Any]]:
    """Title and minor units by offer, as the session keeps it."""
    told = getattr(basket, "clm_offers", None)
    if told is None:
        return {}
    return {each.plan.key: [each.title, each.saves.minor] for each in told.used}


def _check_lines(basket: Any) -> None:
    """Whether the basket is still what was priced, under its lock. Raises OffersChanged."""
    model = get_model("basket", "Basket")
    list(model.objects.select_for_update().filter(pk=basket.pk).values_list("pk"))
    rows = get_model("basket", "Line").objects.filter(basket=basket.pk, quantity__gt=0)
    priced = {line.pk: line.quantity for line in basket.all_lines() if line.quantity > 0}
    if dict(rows.values_list("pk", "quantity")) != priced:
        raise OffersChanged(
            _(
                "Your basket has changed meanwhile. Nothing was charged: look at the new total, "
                "and place the order again."
            )
        )


def _full(uses: list[offers.Use], now: datetime) -> list[str]:
    """Which of these it was: limits that are reached, else budgets without room, else any."""
    keys = [use.offer for use in uses]
    try:
        held = memory(now)
        tight = [key for key in keys if held.plans[key].limits.budget_minor is not None]
    except (Error, KeyError):
        return keys
    return [key for key in keys if key in held.spent] or tight or keys


def _who(request: HttpRequest) -> dict[str, Any]:
    name = person_of(request)
    profile_id = profile_id_of(name) if name else None
    return {"profile_id": profile_id, "session_key": session_of(request)}
