"""The prepared data: what the shop sells and the history behind it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from demo_shop.data import baskets, packed, ranges, wording

SHOP = packed.read()
AT = datetime(2011, 5, 4, 12, 30)  # noqa: DTZ001  (the data has wall times without a zone)


def row(**changed: object) -> tuple[object, ...]:
    fields = {
        "invoice": "536365",
        "code": "85123A",
        "quantity": 6,
        "at": AT,
        "price": 2.95,
        "customer": 17850,
        "country": "United Kingdom",
    }
    return tuple({**fields, **changed}.values())


def test_the_file_is_small() -> None:
    assert packed.SHOP_FILE.stat().st_size < 1_000_000


def test_the_range_has_the_size_of_a_shop() -> None:
    assert 140 <= len(SHOP.products) <= 160
    assert sum(1 for product in SHOP.products if product.axis) >= 15
    assert len(SHOP.categories) == 8
    assert {product.category for product in SHOP.products} == set(SHOP.categories)


def test_every_product_can_be_bought() -> None:
    variants = Counter(item.product for item in SHOP.items)
    for index, product in enumerate(SHOP.products):
        assert variants[index] >= 2 if product.axis else variants[index] == 1


def test_codes_and_titles_are_unique() -> None:
    assert len({item.code for item in SHOP.items}) == len(SHOP.items)
    assert len({item.title for item in SHOP.items}) == len(SHOP.items)


@pytest.mark.parametrize("item", SHOP.items, ids=lambda item: item.code)
def test_an_item_reads_and_costs_like_one(item: packed.Item) -> None:
    assert item.title[0].isupper()
    assert not item.title.isupper()
    assert 1 <= item.description.count(". ") + 1 <= 2
    assert item.description.endswith((".", "”."))
    assert "{" not in item.description
    assert 35 <= 100 * item.cost / item.price <= 61 or item.price < 100
    assert 20 <= item.price <= 2500


def test_the_columns_of_the_history_fit_together() -> None:
    history = SHOP.history
    orders, lines = len(history.invoices), len(history.line_items)
    assert len(history.order_customers) == len(history.order_minutes) == orders
    assert sum(history.order_sizes) == lines == len(history.line_quantities)
    assert len(history.line_prices) == lines
    assert min(history.order_sizes) >= 1
    assert len(set(history.invoices)) == orders
    assert history.order_minutes == sorted(history.order_minutes)
    assert set(history.order_customers) == set(range(len(history.customer_ids)))
    assert max(history.customer_countries) < len(SHOP.countries)


def test_the_history_is_a_households() -> None:
    history = SHOP.history
    assert len(history.customer_ids) > 4000
    assert min(history.line_quantities) == 1
    assert max(history.line_quantities) <= baskets.MOST_OF_ONE
    for item, price in zip(history.line_items, history.line_prices, strict=True):
        usual = SHOP.items[item].price
        assert usual * 0.7 <= price <= usual * 1.5


def test_times_are_of_the_real_year_and_of_the_day() -> None:
    first, last = SHOP.history.order_minutes[0], SHOP.history.order_minutes[-1]
    assert packed.local_time(first).isoformat() == "2010-12-01T08:26:00"
    assert packed.local_time(last).date().isoformat() == "2011-12-09"


def test_writing_is_deterministic_and_reading_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "shop.json.xz"
    packed.write(SHOP, path)
    assert path.read_bytes() == packed.SHOP_FILE.read_bytes()
    assert packed.read(path) == SHOP


@pytest.mark.parametrize(
    "changed",
    [
        {"invoice": "C536365"},
        {"code": "POST"},
        {"code": "DOT"},
        {"code": "M"},
        {"code": "BANK CHARGES"},
        {"price": 0.0},
        {"price": -11.0},
        {"quantity": -2},
        {"customer": None},
    ],
    ids=str,
)
def test_cleaning_drops_what_is_not_a_sale(changed: dict[str, object]) -> None:
    assert baskets.clean([row(**changed)]) == []
    assert len(baskets.clean([row()])) == 1


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [
        (1, 295, 1),
        (3, 295, 1),
        (6, 295, 2),
        (12, 295, 3),
        (480, 295, 4),
        (480, 85, 6),
        (6, 1695, 1),
    ],
)
def test_trade_quantities_shrink(quantity: int, price: int, expected: int) -> None:
    assert baskets.retail_quantity(quantity, price) == expected


@pytest.mark.parametrize(("paid", "expected"), [(255, 255), (295, 295), (10, 295), (1295, 295)])
def test_odd_prices_become_the_usual_one(paid: int, expected: int) -> None:
    assert baskets.retail_price(paid, 295) == expected


def test_grouping_keeps_invoices_and_adds_up_the_same_item() -> None:
    lines = baskets.clean(
        [row(quantity=2), row(quantity=7), row(invoice="536366"), row(code="99999")]
    )
    grouped = baskets.group(lines, {"85123A": 295})
    assert {invoice: basket.lines for invoice, basket in grouped.items()} == {
        "536365": {"85123A": [3, 295]},
        "536366": {"85123A": [2, 295]},
    }


def test_a_range_with_an_unknown_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown axis"):
        list(ranges.products(text="[Bags]\n= Bag | jumbo_bag | flavour\n  1 | Red | plain red\n"))


def test_every_kind_and_pattern_has_its_words() -> None:
    for product in ranges.products():
        assert product.kind in wording.KINDS
        assert {variant.pattern for variant in product.variants} <= set(wording.PATTERNS)
