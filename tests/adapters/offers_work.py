"""Many checkouts with offers at once: what each process of a race does."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.models import AnonymousUser
from oscar.apps.checkout.mixins import OrderPlacementMixin
from oscar.core.loading import get_class, get_model

from clm_plugin.adapters.oscar.offers_checkout import ClmOffersAtCheckout, OffersChanged
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import priced


class Checkout(ClmOffersAtCheckout, OrderPlacementMixin):
    """Oscar's placing of orders with our part before it, without its pages."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(request)

    def buy(self, basket: Any) -> Any:
        number = self.generate_order_number(basket)
        method = get_class("shipping.methods", "Free")()
        charge = method.calculate(basket)
        total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(
            basket, charge
        )
        return self.place_order(
            order_number=number,
            user=AnonymousUser(),
            basket=basket,
            shipping_address=None,
            shipping_method=method,
            shipping_charge=charge,
            order_total=total,
        )


def buy(product_id: int, checkouts: int, *, counted: bool) -> None:
    """So many guests' checkouts, one after the other; who is told buys without the offer."""
    if not counted:
        # The check of the check: nobody counts.
        vars(sys.modules["clm_plugin.offers.reserving"])["take"] = lambda needs: None
    product = get_model("catalogue", "Product").objects.get(pk=product_id)
    for _ in range(checkouts):
        request = oscar.make_request()
        oscar.fill_basket(request, [(product, 1)])
        basket = priced(request)
        try:
            Checkout(request).buy(basket)
        except OffersChanged:
            Checkout(request).buy(priced(request))
