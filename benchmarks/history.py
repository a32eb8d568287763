"""A shop with a long history: the real baskets, repeated until there are enough lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.orders import Lines
from clm_plugin.money import Money
from clm_plugin.shop.api import Line, Order
from clm_plugin.testing.memory_shop import MemoryShop

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
LAST = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST = 500
"""Lines of the longest order; a few of the real ones are trade orders of over a thousand."""
CATEGORIES = 12


class LongHistoryShop(MemoryShop):
    """Orders are made when they are read, a page at a time. Cursors are running numbers.

    Copies of a basket belong to different customers, so there are as many more people as orders.
    """

    def __init__(self, lines: Lines, *, least_lines: int) -> None:
        super().__init__()
        import numpy as np

        starts = np.searchsorted(lines.orders, np.arange(lines.order_count))
        self._baskets_ = [b[:LONGEST].tolist() for b in np.split(lines.products, starts[1:])]
        self._owners = lines.customers.tolist()
        self._plan = self._numbers(least_lines)
        self.line_count = sum(len(self._baskets_[order]) for order, _ in self._plan)
        self._step = (LAST - FIRST) / len(self._plan)

    def _numbers(self, least_lines: int) -> list[tuple[int, int]]:
        """(real order, number of the copy) by time: all copies of an order come together."""
        size = sum(map(len, self._baskets_))
        copies, rest = divmod(least_lines, size)
        whole = [(order, copy) for order in range(len(self._baskets_)) for copy in range(copies)]
        for order, basket in enumerate(self._baskets_):
            if rest <= 0:
                break
            whole.append((order, copies))
            rest -= len(basket)
        return sorted(whole)

    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        start = int(after or 0)
        return [self._order(number) for number in range(start, min(start + limit, len(self._plan)))]

    def count_orders(self, *, after: str = "") -> int:
        return len(self._plan) - int(after or 0)

    def _order(self, number: int) -> Order:
        order, copy = self._plan[number]
        owner = self._owners[order]
        lines = tuple(self._lines(self._baskets_[order]))
        return Order(
            id=f"{100_000 + number}",
            customer_id=f"{owner}-{copy}" if owner >= 0 else None,
            email=f"shopper-{owner}-{copy}@example.com"
            if owner >= 0
            else f"guest-{number}@example.com",
            first_name="Ada",
            country="GB",
            lines=lines,
            total=Money(sum(line.total.minor for line in lines), "GBP"),
            placed_at=FIRST + self._step * number,
            cursor=str(number + 1),
        )

    @staticmethod
    def _lines(products: list[int]) -> Iterator[Line]:
        for product in products:
            price = 95 + product % 40 * 50
            yield Line(
                product_id=str(product),
                quantity=1 + product % 3,
                total=Money(price * (1 + product % 3), "GBP"),
                cost=Money(price // 2 * (1 + product % 3), "GBP"),
                category_ids=(str(product % CATEGORIES),),
            )


def midnight_after() -> datetime:
    """A moment at which all of the history is past."""
    return LAST + timedelta(days=1)
