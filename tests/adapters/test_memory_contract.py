"""The in-memory shop keeps the contract of the port."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from clm_plugin.money import Money
from clm_plugin.testing.adapter_contract import ShopContract
from clm_plugin.testing.memory_shop import MemoryShop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest


class TestMemoryShop(ShopContract):
    shop: MemoryShop

    def setup_method(self) -> None:
        self.shop = MemoryShop()

    def make_shop(self) -> MemoryShop:
        return self.shop

    def make_customer(self, email: str, first_name: str = "") -> str:
        return self.shop.register(email, first_name=first_name).id

    def make_category(self, name: str) -> str:
        return self.shop.add_category(name).id

    def make_product(
        self,
        title: str,
        *,
        price: int = 1000,
        stock: int = 10,
        cost: int | None = None,
        category_id: str = "",
        parent_id: str = "",
    ) -> str:
        known = self.shop.categories()
        return self.shop.add_product(
            title,
            price=Money(price, "GBP"),
            stock=stock,
            cost=None if cost is None else Money(cost, "GBP"),
            categories=[known[category_id]] if category_id else [],
            parent=self.shop.products([parent_id]).get(parent_id),
        ).id

    def make_order(
        self,
        customer_id: str,
        lines: Sequence[tuple[str, int]],
        *,
        at: datetime,
        shipping: int = 0,
        email: str = "",
        is_cancelled: bool = False,
    ) -> str:
        return self.shop.place_order(
            customer_id or None,
            lines,
            at=at,
            shipping=shipping,
            email=email,
            is_cancelled=is_cancelled,
        ).id

    def make_refund(self, order_id: str, amount: int, *, at: datetime) -> str:
        return self.shop.refund(order_id, Money(amount, "GBP"), at=at).id

    def make_request(self, customer_id: str = "") -> HttpRequest:
        request = RequestFactory().get("/")
        user: Any = SimpleNamespace(pk=customer_id, is_authenticated=True)
        request.user = user if customer_id else AnonymousUser()
        return request
