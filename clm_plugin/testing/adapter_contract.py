"""What every shop adapter must do, as a class of pytest tests.

Derive from ``ShopContract``, say how your shop gets its things, and pytest runs the rest::

    @pytest.mark.django_db
    class TestMyShop(ShopContract):
        def make_shop(self): return MyShop()
        ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from clm_plugin.money import Money
from clm_plugin.shop.api import Shop, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

DAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class ShopContract(ABC):
    """The behaviour behind ``clm_plugin.shop.api.Shop``. Ids are text; prices are in GBP pence."""

    @abstractmethod
    def make_shop(self) -> Shop:
        """The adapter, over an empty shop."""

    @abstractmethod
    def make_customer(self, email: str, first_name: str = "") -> str:
        """The id of a new account."""

    @abstractmethod
    def make_category(self, name: str) -> str:
        """The id of a new category."""

    @abstractmethod
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
        """The id of a new product on sale; with ``parent_id`` of a variant labelled ``title``."""

    @abstractmethod
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
        """The number of a new order of (product id, quantity); a guest's without a customer."""

    @abstractmethod
    def make_refund(self, order_id: str, amount: int, *, at: datetime) -> str:
        """The id of a new refund."""

    @abstractmethod
    def make_request(self, customer_id: str = "") -> HttpRequest:
        """A shopper's request, as the shop's middleware would hand it on, without a basket."""

    # Accounts

    def test_customers_are_read_by_id(self) -> None:
        shop = self.make_shop()
        ann, ben = self.make_customer("ann@example.com", "Ann"), self.make_customer("b@example.com")
        found = shop.customers([ann, ben, "999999", "nonsense", ""])
        assert set(found) == {ann, ben}
        assert (found[ann].id, found[ann].email) == (ann, "ann@example.com")
        assert found[ann].first_name == "Ann"

    def test_registrations_come_in_pages_by_id(self) -> None:
        shop = self.make_shop()
        made = [self.make_customer(f"c{n}@example.com") for n in range(5)]
        first = shop.registrations(limit=2)
        rest = shop.registrations(after=first[-1].id, limit=10)
        assert [customer.id for customer in (*first, *rest)] == made
        assert shop.registrations(after=made[-1]) == []

    # Catalogue

    def test_products_are_read_by_id(self) -> None:
        shop = self.make_shop()
        mugs = self.make_category("Mugs")
        mug = self.make_product("Blue mug", price=950, stock=3, category_id=mugs)
        found = shop.products([mug, "999999", "nonsense", ""])
        assert set(found) == {mug}
        product = found[mug]
        assert (product.id, product.title) == (mug, "Blue mug")
        assert product.price == Money(950, "GBP")
        assert (product.is_available, product.stock) == (True, 3)
        assert product.category_ids == (mugs,)
        assert product.url.startswith(("/", "http"))
        assert product.variants == ()
        assert product.parent_id is None

    def test_no_products_are_read_for_no_ids(self) -> None:
        assert self.make_shop().products([]) == {}

    def test_sold_out_is_not_available(self) -> None:
        shop = self.make_shop()
        mug = self.make_product("Mug", stock=0)
        assert not shop.products([mug])[mug].is_available

    def test_a_parent_shows_its_variants(self) -> None:
        shop = self.make_shop()
        mugs = self.make_category("Mugs")
        parent = self.make_product("Mug", category_id=mugs)
        red = self.make_product("Red", price=900, parent_id=parent)
        blue = self.make_product("Blue", price=700, stock=0, parent_id=parent)
        found = shop.products([parent, red])
        variants = {variant.id: variant for variant in found[parent].variants}
        assert set(variants) == {red, blue}
        assert (variants[red].label, variants[red].price) == ("Red", Money(900, "GBP"))
        assert (variants[red].is_available, variants[blue].is_available) == (True, False)
        assert found[parent].is_available
        assert found[red].parent_id == parent
        assert found[red].category_ids == (mugs,)

    def test_a_parent_without_stock_is_not_available(self) -> None:
        shop = self.make_shop()
        parent = self.make_product("Mug")
        self.make_product("Red", stock=0, parent_id=parent)
        assert not shop.products([parent])[parent].is_available

    def test_categories_are_read(self) -> None:
        shop = self.make_shop()
        mugs = self.make_category("Mugs")
        assert shop.categories()[mugs].name == "Mugs"

    # Orders and refunds

    def test_an_order_is_read_whole(self) -> None:
        shop = self.make_shop()
        ann = self.make_customer("ann@example.com", "Ann")
        mugs = self.make_category("Mugs")
        mug = self.make_product("Mug", price=950, cost=400, category_id=mugs)
        tin = self.make_product("Tin", price=300)
        number = self.make_order(ann, [(mug, 2), (tin, 1)], at=DAY, shipping=395)
        (order,) = shop.orders()
        assert (order.id, order.customer_id, order.email) == (number, ann, "ann@example.com")
        assert order.first_name == "Ann"
        assert order.total == Money(2 * 950 + 300 + 395, "GBP")
        assert order.placed_at == DAY
        assert not order.is_cancelled
        first, second = order.lines
        assert (first.product_id, first.quantity, first.total) == (mug, 2, Money(1900, "GBP"))
        assert (first.cost, first.category_ids) == (Money(800, "GBP"), (mugs,))
        assert (second.product_id, second.cost) == (tin, None)

    def test_a_guest_order_has_an_address_and_no_customer(self) -> None:
        shop = self.make_shop()
        mug = self.make_product("Mug")
        self.make_order("", [(mug, 1)], at=DAY, email="guest@example.com")
        (order,) = shop.orders()
        assert (order.customer_id, order.email) == (None, "guest@example.com")

    def test_a_cancelled_order_says_so(self) -> None:
        shop = self.make_shop()
        mug, ann = self.make_product("Mug"), self.make_customer("ann@example.com")
        self.make_order(ann, [(mug, 1)], at=DAY, is_cancelled=True)
        assert shop.orders()[0].is_cancelled

    def test_orders_come_in_pages_of_a_fixed_order(self) -> None:
        """Some at the same moment, made in another order than placed; none twice, none left out."""
        shop = self.make_shop()
        mug, ann = self.make_product("Mug"), self.make_customer("ann@example.com")
        days = [3, 1, 2, 2, 2, 5, 4]
        for day in days:
            self.make_order(ann, [(mug, 1)], at=DAY + timedelta(days=day))
        whole = shop.orders()
        paged, after = [], ""
        while page := shop.orders(after=after, limit=2):
            assert len(page) <= 2
            paged += page
            after = page[-1].cursor
        assert [order.id for order in paged] == [order.id for order in whole]
        assert len({order.id for order in paged}) == len(days)
        assert [order.placed_at for order in paged] == sorted(order.placed_at for order in paged)
        cursors = [order.cursor for order in paged]
        assert len(set(cursors)) == len(days)
        assert shop.count_orders() == len(days)
        assert shop.count_orders(after=cursors[2]) == len(days) - 3

    def test_a_cursor_of_a_moment_stands_before_it(self) -> None:
        shop = self.make_shop()
        mug, ann = self.make_product("Mug"), self.make_customer("ann@example.com")
        early = self.make_order(ann, [(mug, 1)], at=DAY)
        late = self.make_order(ann, [(mug, 1)], at=DAY + timedelta(days=1))
        found = shop.orders(after=shop.cursor_at(DAY + timedelta(days=1)))
        assert [order.id for order in found] == [late]
        assert [order.id for order in shop.orders(after=shop.cursor_at(DAY))] == [early, late]

    def test_refunds_come_in_pages(self) -> None:
        shop = self.make_shop()
        mug, ann = self.make_product("Mug"), self.make_customer("ann@example.com")
        number = self.make_order(ann, [(mug, 3)], at=DAY)
        for pence in (333, 333, 334):
            self.make_refund(number, pence, at=DAY + timedelta(days=1))
        first = shop.refunds(limit=2)
        rest = shop.refunds(after=first[-1].cursor)
        refunds = [*first, *rest]
        assert [refund.amount for refund in refunds] == [Money(n, "GBP") for n in (333, 333, 334)]
        assert {refund.order_id for refund in refunds} == {number}
        assert {refund.customer_id for refund in refunds} == {ann}
        assert len({refund.id for refund in refunds}) == 3
        assert refunds[0].refunded_at == DAY + timedelta(days=1)

    # Baskets

    def test_no_basket_is_made_by_looking(self) -> None:
        shop = self.make_shop()
        ann = self.make_customer("ann@example.com")
        for customer in ("", ann):
            request = self.make_request(customer)
            assert shop.request_basket(request) is None
            assert shop.request_basket(request) is None

    def test_products_are_put_into_the_basket(self) -> None:
        shop = self.make_shop()
        mug, tin = self.make_product("Mug", price=950), self.make_product("Tin", price=300)
        for customer in ("", self.make_customer("ann@example.com")):
            request = self.make_request(customer)
            wanted = [Wanted(product_id=mug, quantity=2), Wanted(product_id=tin)]
            added = shop.add_lines(request, wanted)
            assert (added.added, added.refused) == ((mug, tin), ())
            basket = shop.request_basket(request)
            assert basket is not None
            assert {line.product_id: line.quantity for line in basket.lines} == {mug: 2, tin: 1}
            assert basket.total == Money(2200, "GBP")
            assert basket.customer_id == (customer or None)
            assert shop.basket(basket.id) == basket

    def test_adding_twice_changes_nothing_and_less_takes_nothing_away(self) -> None:
        shop = self.make_shop()
        mug, request = self.make_product("Mug"), self.make_request()
        for quantity in (3, 3, 1):
            shop.add_lines(request, [Wanted(product_id=mug, quantity=quantity)])
        basket = shop.request_basket(request)
        assert basket is not None
        assert [line.quantity for line in basket.lines] == [3]
        shop.add_lines(request, [Wanted(product_id=mug, quantity=4)])
        basket = shop.request_basket(request)
        assert basket is not None
        assert [line.quantity for line in basket.lines] == [4]

    def test_what_cannot_be_bought_is_refused_with_a_reason(self) -> None:
        shop = self.make_shop()
        good, gone = self.make_product("Mug", stock=2), self.make_product("Tin", stock=0)
        parent = self.make_product("Bag")
        self.make_product("Red", parent_id=parent)
        request = self.make_request()
        asked = [good, gone, parent, "999999", "nonsense"]
        added = shop.add_lines(request, [Wanted(product_id=each) for each in asked])
        assert added.added == (good,)
        assert [each for each, _ in added.refused] == asked[1:]
        assert all(reason for _, reason in added.refused)
        more = shop.add_lines(request, [Wanted(product_id=good, quantity=3)])
        assert [each for each, _ in more.refused] == [good]
        basket = shop.request_basket(request)
        assert basket is not None
        assert [line.quantity for line in basket.lines] == [1]

    def test_baskets_are_read_together(self) -> None:
        shop, baskets = self.make_shop(), []
        for title in ("Mug", "Tin"):
            request = self.make_request()
            shop.add_lines(request, [Wanted(product_id=self.make_product(title))])
            baskets.append(shop.request_basket(request))
        first, second = baskets
        assert first is not None
        assert second is not None
        found = shop.baskets([first.id, second.id, "999999", "nonsense"])
        assert found == {first.id: first, second.id: second}
        assert first.lines[0].title == "Mug"

    def test_an_unknown_basket_is_none(self) -> None:
        shop = self.make_shop()
        assert [shop.basket(each) for each in ("999999", "nonsense", "")] == [None] * 3

    def test_the_basket_page_has_an_address(self) -> None:
        assert self.make_shop().basket_url().startswith("/")

    def test_the_shop_checks_itself(self) -> None:
        assert self.make_shop().check() == []
