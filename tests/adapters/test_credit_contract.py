"""Both shops keep the contract of store credit."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from oscar.core.loading import get_class, get_model

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.money import Money
from clm_plugin.shop import registry
from clm_plugin.testing import memory_till
from clm_plugin.testing.credit_contract import CreditContract
from clm_plugin.testing.memory_shop import MemoryShop
from demo_shop import gateway, refunds
from demo_shop.oscar_apps.checkout.views import PaymentDetailsView
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from clm_plugin.shop.api import Shop

pytestmark = pytest.mark.django_db


class TestOscarCredit(CreditContract):
    def make_shop(self) -> Shop:
        return OscarShop()

    def make_customer(self, email: str) -> str:
        return str(oscar.make_user(email).pk)

    def make_product(self, title: str, *, price: int) -> str:
        return str(oscar.make_product(title, price=price).pk)

    def make_free_unit(self, product_id: str) -> None:
        oscar.make_free_unit(product_id)

    def make_request(self, customer_id: str = "") -> HttpRequest:
        user = get_user_model().objects.get(pk=customer_id) if customer_id else None
        request: HttpRequest = oscar.make_request(user)
        return request

    def pay(self, request: HttpRequest, *, card_works: bool = True) -> str:
        view = PaymentDetailsView()
        view.setup(request)
        view.preview = True
        view.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(request)
        card = gateway.tokenise(gateway.APPROVES if card_works else gateway.DECLINES)
        view.checkout_session._set("payment", "card", {"token": card.token, "label": "Card"})
        shipping, basket = get_class("shipping.methods", "Free")(), request.basket  # type: ignore[attr-defined]
        charge = shipping.calculate(basket)
        view.submit(
            request.user,
            basket,
            None,
            shipping,
            charge,
            None,
            view.get_order_totals(basket, charge),
        )
        order = get_model("order", "Order").objects.order_by("pk").last()
        return "" if order is None else str(order.number)

    def refund(self, order_id: str, amount: int) -> None:
        order = get_model("order", "Order").objects.get(number=order_id)
        refunds.ShopEventHandler().refund_amount(order, Money(amount, "GBP").amount)


class TestMemoryCredit(CreditContract):
    shop: MemoryShop

    @pytest.fixture(autouse=True)
    def in_use(self) -> Iterator[None]:
        """The shop of this process, as a host's settings would name it."""
        path = f"{MemoryShop.__module__}.{MemoryShop.__name__}"
        with override_settings(CLM={"SHOP": path}):
            found = registry.get_shop()
            assert isinstance(found, MemoryShop)
            self.shop = found
            self.shop.clear()
            yield
            self.shop.clear()

    def make_shop(self) -> Shop:
        return self.shop

    def make_customer(self, email: str) -> str:
        return self.shop.register(email).id

    def make_product(self, title: str, *, price: int) -> str:
        return self.shop.add_product(title, price=Money(price, "GBP"), stock=10).id

    def make_free_unit(self, product_id: str) -> None:
        self.shop.give_free(product_id)

    def make_request(self, customer_id: str = "") -> HttpRequest:
        request = RequestFactory().get("/")
        user: Any = SimpleNamespace(pk=customer_id, is_authenticated=True)
        request.user = user if customer_id else AnonymousUser()
        SessionMiddleware(lambda _: HttpResponse())(request)
        return request

    def pay(self, request: HttpRequest, *, card_works: bool = True) -> str:
        def card(_: Money) -> None:
            if not card_works:
                raise ConnectionError

        try:
            return memory_till.pay(self.shop, request, card=card).id
        except ConnectionError:
            return ""

    def refund(self, order_id: str, amount: int) -> None:
        memory_till.refund(self.shop, order_id, Money(amount, "GBP"))
