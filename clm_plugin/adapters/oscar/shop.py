"""OscarShop: what the plugin asks of a shop, answered by django-oscar 4.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.shop.api import Shop, ShopError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.core.checks import CheckMessage
    from django.http import HttpRequest

    from clm_plugin.shop.api import (
        Added,
        Basket,
        Category,
        Customer,
        Order,
        Product,
        Refund,
        Tender,
        Wanted,
    )


def applicator() -> type:
    """The host's class that applies offers."""
    from oscar.core.loading import get_class

    found: type = get_class("offer.applicator", "Applicator")
    return found


class OscarShop(Shop):
    """An Oscar shop, forked or not: models come from Oscar's own loader, prices and stock from
    its strategy. Models are imported inside the methods, because this class is named in settings.
    """

    supports_search = True
    supports_store_credit = True
    decimal_places = 2

    def connect(self) -> None:
        from django.apps import apps

        if not apps.is_installed("oscar"):
            return  # the system check clm.W101 says so
        from clm_plugin.adapters.oscar.receivers import connect

        connect()

    def customers(self, ids: Iterable[str]) -> dict[str, Customer]:
        from clm_plugin.adapters.oscar.customers import read_customers

        return read_customers(ids)

    def registrations(self, *, after: str = "", limit: int = 1000) -> list[Customer]:
        from clm_plugin.adapters.oscar.customers import read_registrations

        return read_registrations(after, limit)

    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        from clm_plugin.adapters.oscar.catalogue import read_products

        return read_products(ids)

    def find_products(self, text: str, *, limit: int = 20) -> list[Product]:
        from clm_plugin.adapters.oscar.catalogue import find_products

        return find_products(text, limit)

    def categories(self) -> dict[str, Category]:
        from clm_plugin.adapters.oscar.catalogue import read_categories

        return read_categories()

    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        from clm_plugin.adapters.oscar.orders import read_orders

        return read_orders(after, limit)

    def count_orders(self, *, after: str = "") -> int:
        from clm_plugin.adapters.oscar.orders import count_orders

        return count_orders(after)

    def refunds(self, *, after: str = "", limit: int = 1000) -> list[Refund]:
        from clm_plugin.adapters.oscar.orders import read_refunds

        return read_refunds(after, limit)

    def basket(self, basket_id: str) -> Basket | None:
        return self.baskets([basket_id]).get(basket_id)

    def baskets(self, ids: Iterable[str]) -> dict[str, Basket]:
        from clm_plugin.adapters.oscar.baskets import read_baskets

        return read_baskets(ids)

    def request_basket(self, request: HttpRequest) -> Basket | None:
        from clm_plugin.adapters.oscar.baskets import read_request_basket

        return read_request_basket(request)

    def add_lines(self, request: HttpRequest, wanted: Sequence[Wanted]) -> Added:
        from clm_plugin.adapters.oscar.adding import add_lines

        if not hasattr(request, "basket"):
            raise ShopError("The request has no basket: is Oscar's BasketMiddleware missing?")
        return add_lines(request, wanted)

    def request_purchase(self, request: HttpRequest) -> Basket | None:
        from clm_plugin.adapters.oscar.purchases import read_request_purchase

        return read_request_purchase(request)

    @property
    def supports_offers(self) -> bool:  # type: ignore[override]  # as the host forked it
        """Whether the host's ``Applicator`` is forked (``docs/howto/offers-oscar.md``)."""
        from django.apps import apps

        if not apps.is_installed("oscar"):
            return False
        from clm_plugin.adapters.oscar.offers_applying import ClmOffers

        return issubclass(applicator(), ClmOffers)

    def apply_code(self, request: HttpRequest, code: str) -> bool:
        from clm_plugin.adapters.oscar.offers_vouchers import apply_code

        return apply_code(request, code)

    def has_own_code(self, code: str) -> bool:
        from clm_plugin.adapters.oscar.offers_vouchers import is_the_shops

        return is_the_shops(code)

    def tenders(self, order_ids: Iterable[str]) -> dict[str, tuple[Tender, ...]]:
        from clm_plugin.adapters.oscar.tenders import read_tenders

        return read_tenders(order_ids)

    def order(self, order_id: str) -> Order | None:
        from clm_plugin.adapters.oscar.orders import read_order_by_number

        return read_order_by_number(order_id)

    def order_urls(self, order_ids: Iterable[str], *, customer_id: str) -> dict[str, str]:
        from clm_plugin.adapters.oscar.orders import order_urls

        return order_urls(order_ids, customer_id)

    def staff_order_url(self, order_id: str) -> str:
        from django.urls import NoReverseMatch, reverse

        try:
            return reverse("dashboard:order-detail", kwargs={"number": order_id})
        except NoReverseMatch:  # a shop without Oscar's dashboard
            return ""

    def basket_url(self) -> str:
        from django.urls import reverse

        return reverse("basket:summary")

    def check(self) -> list[CheckMessage]:
        from clm_plugin.adapters.oscar.checks import check_shop

        return check_shop()
