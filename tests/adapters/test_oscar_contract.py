"""The Oscar adapter keeps the contract of the port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.testing.adapter_contract import ShopContract
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.shop.api import Shop


@pytest.mark.django_db
class TestOscarShop(ShopContract):
    def make_shop(self) -> Shop:
        return OscarShop()

    def make_customer(self, email: str, first_name: str = "") -> str:
        return str(oscar.make_user(email, first_name).pk)

    def make_category(self, name: str) -> str:
        return str(oscar.make_category(name).pk)

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
        category = _get("catalogue", "Category", category_id)
        parent = _get("catalogue", "Product", parent_id)
        made = oscar.make_product(
            title, price=price, stock=stock, cost=cost, category=category, parent=parent
        )
        return str(made.pk)

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
        user = get_user_model().objects.get(pk=customer_id) if customer_id else None
        bought = [(_get("catalogue", "Product", key), quantity) for key, quantity in lines]
        status = "Cancelled" if is_cancelled else "Pending"
        order = oscar.make_order(user, bought, at=at, shipping=shipping, email=email, status=status)
        return str(order.number)

    def make_refund(self, order_id: str, amount: int, *, at: datetime) -> str:
        order = get_model("order", "Order").objects.get(number=order_id)
        source = order.sources.first() or oscar.make_source(order)
        source.refund(oscar.pounds(amount))
        made = source.transactions.order_by("-pk").first()
        source.transactions.filter(pk=made.pk).update(date_created=at)
        return str(made.pk)

    def make_request(self, customer_id: str = "") -> HttpRequest:
        user = get_user_model().objects.get(pk=customer_id) if customer_id else None
        request: HttpRequest = oscar.make_request(user)
        return request


def _get(app: str, model: str, key: str) -> Any:
    return get_model(app, model).objects.get(pk=key) if key else None
