"""The prepared columns as orders, and who placed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from demo_shop.data.packed import History, Shop
from demo_shop.loading.people import Dice, Person, person

# Of the customers with few orders this share (in percent) never made an account.
GUEST_SHARE = 32
GUEST_ORDERS = 3
SHIPPING_PENCE, FREE_FROM_PENCE = 395, 4000


@dataclass(frozen=True)
class Bought:
    """One line: index of the item, quantity, unit price in pence."""

    item: int
    quantity: int
    price: int


@dataclass(frozen=True)
class Placed:
    """One order of the history."""

    invoice: int
    customer: int
    minute: int
    lines: tuple[Bought, ...]

    @property
    def goods(self) -> int:
        """Price of all lines in pence."""
        return sum(line.quantity * line.price for line in self.lines)

    @property
    def shipping(self) -> int:
        """Free from £40."""
        return 0 if self.goods >= FREE_FROM_PENCE else SHIPPING_PENCE


@dataclass(frozen=True)
class Buyer:
    """A customer with all the orders, oldest first."""

    person: Person
    orders: tuple[Placed, ...]
    guest: bool


def _orders(history: History) -> Iterator[Placed]:
    ends = accumulate(history.order_sizes)
    lines = list(map(Bought, history.line_items, history.line_quantities, history.line_prices))
    for index, end in enumerate(ends):
        yield Placed(
            invoice=history.invoices[index],
            customer=history.order_customers[index],
            minute=history.order_minutes[index],
            lines=tuple(lines[end - history.order_sizes[index] : end]),
        )


def buyers(shop: Shop, *, limit: int | None = None) -> list[Buyer]:
    """The customers by id, each with their orders; only the first ``limit`` if given."""
    history = shop.history
    ids = history.customer_ids[:limit]
    orders: list[list[Placed]] = [[] for _ in ids]
    for order in _orders(history):
        if order.customer < len(ids):
            orders[order.customer].append(order)
    return [
        Buyer(
            person=person(ids[index], shop.countries[history.customer_countries[index]]),
            orders=tuple(placed),
            guest=_is_guest(ids[index], len(placed)),
        )
        for index, placed in enumerate(orders)
    ]


def _is_guest(customer: int, orders: int) -> bool:
    return orders <= GUEST_ORDERS and Dice("guest", customer).below(100) < GUEST_SHARE


def best_known(all_buyers: list[Buyer]) -> Buyer:
    """The one whose history reads best behind the demo login: about eight middling orders."""

    def distance(buyer: Buyer) -> tuple[bool, float, int]:
        orders = buyer.orders
        lines = sum(len(order.lines) for order in orders) / len(orders)
        home = buyer.person.country == "GB" and not buyer.guest and len(orders) >= 4
        return (not home, abs(len(orders) - 8) + abs(lines - 7), buyer.person.customer)

    return min(all_buyers, key=distance)
