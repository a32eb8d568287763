"""What a shop with ``supports_store_credit`` must do, as a class of pytest tests.

Derive from ``CreditContract``, say how your shop sells, and pytest runs the rest::

    @pytest.mark.django_db
    class TestMyShopsCredit(CreditContract):
        def pay(self, request, *, card_works=True): ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest import SkipTest

from clm_plugin import clock
from clm_plugin.adapters.tender.api import make_wish
from clm_plugin.events.api import actor
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, Shop, Wanted
from clm_plugin.testing.credit import give_credit, publish_programme
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from django.http import HttpRequest


class CreditContract(ABC):
    """The behaviour behind store credit as a tender. Prices are in GBP pence, tax is nought."""

    @abstractmethod
    def make_shop(self) -> Shop:
        """The adapter, over an empty shop."""

    @abstractmethod
    def make_customer(self, email: str) -> str:
        """The id of a new account."""

    @abstractmethod
    def make_product(self, title: str, *, price: int) -> str:
        """The id of a new product on sale, ten in stock."""

    @abstractmethod
    def make_request(self, customer_id: str = "") -> HttpRequest:
        """A shopper's request, with a session, as the shop's middleware would hand it on."""

    @abstractmethod
    def pay(self, request: HttpRequest, *, card_works: bool = True) -> str:
        """Buy the request's basket in the shop's own checkout, without a delivery charge, with the
        credit that is wished and a card for the rest; the order's id, "" when none came of it."""

    @abstractmethod
    def refund(self, order_id: str, amount: int) -> None:
        """Give back so much of an order, over its tenders."""

    def make_free_unit(self, product_id: str) -> None:
        """An offer of the shop's own by which one unit of a product is free; leave it out where
        yours takes down whole lines only."""
        raise SkipTest("this shop takes down whole lines only")

    def shopper(self, *, credit: int = 1000, price: int = 4500) -> tuple[Shop, HttpRequest, int]:
        """A shop, and the request of a customer with credit and one lantern in her basket."""
        shop = self.make_shop()
        publish_programme()
        customer = self.make_customer("ann@example.com")
        profile = give_credit(actor("customer", customer), credit)
        request = self.make_request(customer)
        lantern = self.make_product("Lantern", price=price)
        shop.add_lines(request, [Wanted(product_id=lantern)])
        return shop, request, profile

    def test_the_shop_says_that_it_can(self) -> None:
        assert self.make_shop().supports_store_credit

    def test_no_purchase_is_made_by_looking(self) -> None:
        shop = self.make_shop()
        ann = self.make_customer("ann@example.com")
        for customer in ("", ann):
            request = self.make_request(customer)
            assert shop.request_purchase(request) is None
            assert shop.request_basket(request) is None

    def test_a_purchase_is_priced(self) -> None:
        shop, request, _ = self.shopper()
        purchase = shop.request_purchase(request)
        assert purchase is not None
        assert purchase.total == Money(4500, "GBP")
        (line,) = purchase.lines
        assert (line.title, line.quantity, line.total) == ("Lantern", 1, Money(4500, "GBP"))
        assert not line.is_gift_card
        assert line.tax in (None, Money(0, "GBP"))
        assert line.discount in (None, Money(0, "GBP"))

    def test_units_at_their_full_price_are_told_from_reduced_ones(self) -> None:
        shop = self.make_shop()
        request = self.make_request(self.make_customer("ann@example.com"))
        ornament = self.make_product("Ornament", price=500)
        self.make_free_unit(ornament)
        shop.add_lines(request, [Wanted(product_id=ornament, quantity=4)])
        purchase = shop.request_purchase(request)
        assert purchase is not None
        number = self.pay(request)
        order = shop.order(number)
        assert order is not None
        for bought in (purchase, order, shop.orders()[0]):
            (line,) = bought.lines
            assert (line.quantity, line.total, line.discount, line.discounted_quantity) == (
                4,
                Money(1500, "GBP"),
                Money(500, "GBP"),
                1,
            )

    def test_credit_pays_a_part_and_the_card_the_rest(self) -> None:
        shop, request, profile = self.shopper()
        make_wish(request, Money(600, "GBP"), currency="GBP")
        number = self.pay(request)
        tenders = {each.code: each.paid.minor for each in shop.tenders([number])[number]}
        assert tenders.pop(CREDIT_TENDER) == 600
        assert sum(tenders.values()) == 3900
        (order,) = shop.orders()
        assert (order.id, order.total) == (number, Money(4500, "GBP"))
        assert order.paid_by_credit == Money(600, "GBP")
        assert wallet.paid_on([number]) == {number: (600, 0)}
        assert self._free(profile) == 400

    def test_credit_alone_can_pay(self) -> None:
        shop, request, profile = self.shopper(price=800)
        make_wish(request, None, currency="GBP")
        number = self.pay(request, card_works=False)
        (tender,) = shop.tenders([number])[number]
        assert (tender.code, tender.paid) == (CREDIT_TENDER, Money(800, "GBP"))
        assert self._free(profile) == 200

    def test_without_a_wish_none_is_used(self) -> None:
        shop, request, profile = self.shopper()
        number = self.pay(request)
        assert CREDIT_TENDER not in {each.code for each in shop.tenders([number])[number]}
        assert self._free(profile) == 1000

    def test_a_card_that_fails_leaves_the_credit_free(self) -> None:
        shop, request, profile = self.shopper()
        make_wish(request, None, currency="GBP")
        assert self.pay(request, card_works=False) == ""
        assert shop.orders() == []
        assert self._free(profile) == 1000

    def test_refunds_are_split_and_end_at_what_was_paid(self) -> None:
        shop, request, profile = self.shopper(price=1000)
        make_wish(request, Money(500, "GBP"), currency="GBP")
        number = self.pay(request)
        for amount in (333, 333, 334):
            self.refund(number, amount)
        tenders = shop.tenders([number])[number]
        assert {each.refunded.minor for each in tenders} == {500}
        assert {each.left.minor for each in tenders} == {0}
        assert self._free(profile) == 1000
        told = [refund for refund in shop.refunds() if refund.tender == CREDIT_TENDER]
        assert sum(refund.amount.minor for refund in told) == 500

    def test_unknown_orders_have_no_tenders(self) -> None:
        assert self.make_shop().tenders(["nonsense", ""]) == {}

    def _free(self, profile: int) -> int:
        now = clock.now() + timedelta(seconds=1)
        return wallet.balance(profile, "GBP", now=now).available_minor
