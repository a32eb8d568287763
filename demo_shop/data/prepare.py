"""Makes ``shop.json.xz`` from the public data: ``python -m demo_shop.data.prepare PARQUET``."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from demo_shop.data import baskets, packed, ranges, wording

# Every item of the range must be among the best sellers, else the list has a typing error.
BEST_SELLERS = 900
COST_SHARE = (35, 60)
COLUMNS = ["invoice", "stock_code", "quantity", "ts", "unit_price", "customer_id", "country"]
COUNTRY_NAMES = {
    "EIRE": "IE",
    "USA": "US",
    "RSA": "ZA",
    "Channel Islands": "JE",
    "Czech Republic": "CZ",
    "European Community": "BE",
    "Unspecified": "GB",
    "United Kingdom": "GB",
}


def _source(path: Path) -> Iterable[tuple[Any, ...]]:
    # The only place that needs pyarrow, which the shop itself does not install.
    import pyarrow.parquet as parquet

    table = parquet.read_table(path, columns=COLUMNS)
    return zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)


def _country_code(name: str) -> str:
    if name in COUNTRY_NAMES:
        return COUNTRY_NAMES[name]
    import pycountry

    code: str = pycountry.countries.lookup(name).alpha_2
    return code


def _cost(code: str, price: int) -> int:
    """A cost price that is always the same for an item: 35 to 60 % of its price."""
    low, high = COST_SHARE
    share = low + hashlib.sha256(code.encode()).digest()[0] * (high - low) / 255
    return max(1, round(price * share / 100))


def build_items(
    products: list[ranges.Product], prices: dict[str, int]
) -> tuple[list[packed.Family], list[packed.Item]]:
    """The catalogue: product pages and what can be bought on them."""
    families: list[packed.Family] = []
    items: list[packed.Item] = []
    for index, product in enumerate(products):
        families.append(
            packed.Family(
                title=product.title,
                category=product.category,
                axis=product.axis,
                description=wording.describe_family(product)
                if product.axis
                else wording.describe(product, product.variants[0]),
            )
        )
        items.extend(
            _item(product, variant, index, prices[variant.code]) for variant in product.variants
        )
    return families, items


def _item(product: ranges.Product, variant: ranges.Variant, index: int, price: int) -> packed.Item:
    title = f"{product.title}, {variant.value}" if variant.value else product.title
    return packed.Item(
        code=variant.code,
        product=index,
        title=title,
        value=variant.value,
        description=wording.describe(product, variant),
        price=price,
        cost=_cost(variant.code, price),
        kind=product.kind,
        pattern=variant.pattern,
        colour=variant.colour,
        detail=variant.detail,
    )


def build_history(
    grouped: dict[str, baskets.Basket], codes: dict[str, int], countries: list[str]
) -> packed.History:
    """The baskets as columns, in the order of time."""
    homes = {basket.customer: basket.country for basket in grouped.values()}
    customers = sorted(homes)
    position = {customer: index for index, customer in enumerate(customers)}
    ordered = sorted(grouped.items(), key=lambda pair: (pair[1].at, pair[0]))
    lines = [
        (codes[code], quantity, price)
        for _, basket in ordered
        for code, (quantity, price) in sorted(basket.lines.items(), key=lambda pair: codes[pair[0]])
    ]
    return packed.History(
        customer_ids=customers,
        customer_countries=[countries.index(homes[customer]) for customer in customers],
        invoices=[int(invoice) for invoice, _ in ordered],
        order_customers=[position[basket.customer] for _, basket in ordered],
        order_minutes=[
            int((basket.at - packed.EPOCH).total_seconds()) // 60 for _, basket in ordered
        ],
        order_sizes=[len(basket.lines) for _, basket in ordered],
        line_items=[line[0] for line in lines],
        line_quantities=[line[1] for line in lines],
        line_prices=[line[2] for line in lines],
    )


def build(rows: Iterable[tuple[Any, ...]]) -> packed.Shop:
    """The whole shop from the raw rows."""
    lines = baskets.clean(rows)
    products = list(ranges.products())
    wanted = [variant.code for product in products for variant in product.variants]
    ranks = baskets.popularity(lines)
    slow = [code for code in wanted if ranks.get(code, BEST_SELLERS) >= BEST_SELLERS]
    if slow:
        raise ValueError(f"Not among the best sellers: {', '.join(slow)}")
    prices = baskets.usual_prices(lines)
    families, items = build_items(products, prices)
    codes = {item.code: index for index, item in enumerate(items)}
    grouped = baskets.group(lines, {code: prices[code] for code in wanted})
    for basket in grouped.values():
        basket.country = _country_code(basket.country)
    countries = sorted({basket.country for basket in grouped.values()})
    return packed.Shop(
        categories=wording.CATEGORIES,
        products=families,
        items=items,
        countries=countries,
        history=build_history(grouped, codes, countries),
    )


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parquet", type=Path)
    shop = build(_source(parser.parse_args().parquet))
    size = packed.write(shop)
    print(
        f"{len(shop.products)} products, {len(shop.items)} items, "
        f"{len(shop.history.customer_ids)} customers, {len(shop.history.invoices)} orders, "
        f"{len(shop.history.line_items)} lines, {size / 1024:.0f} KB"
    )


if __name__ == "__main__":
    main()
