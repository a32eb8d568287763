"""Orders and refunds, read as plain columns in pages: no model instance, no query per row.

A cursor is the UTC moment and the key, ``2026-11-21T09:30:00.000000|42``: both columns lead an
index of Oscar's, and two orders of one moment still have an order.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import F, Sum
from django.urls import NoReverseMatch, reverse
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.catalogue import category_ids, gift_cards, unit_costs
from clm_plugin.adapters.oscar.columns import Purse, column_or_empty, hundredths, keys
from clm_plugin.adapters.oscar.tenders import (
    credit_paid,
    has_credit,
    has_reductions,
    reductions,
)
from clm_plugin.shop.api import Line, Order, Refund

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

REFUND = "Refund"
_ORDER = (
    "pk",
    "number",
    "user_id",
    "guest_email",
    "account_mail",
    "account_name",
    "shipping_address__first_name",
    "shipping_address__country_id",
    "currency",
    "hundredths",
    "date_placed",
    "status",
    "basket_id",
    "shipping_hundredths",
    "shipping_net",
    "is_reduced",
    "is_by_credit",
)
_LINE = (
    "pk",
    "order_id",
    "product_id",
    "product__parent_id",
    "quantity",
    "hundredths",
    "net",
    "before",
)


def is_cancelled(status: str) -> bool:
    """Oscar has no fixed statuses: one whose name says "cancel" is a cancellation."""
    return "cancel" in status.lower()


def read_orders(after: str, limit: int) -> list[Order]:
    """A page of orders behind a cursor, in order of placing; five queries, and one each where some
    of them were reduced, some of their lines in part, or some paid with store credit."""
    model = get_model("order", "Order")
    return _orders(_page(model.objects.all(), "date_placed", after)[:limit])


def read_order(pk: Any) -> Order | None:
    """One order by its key."""
    found = _orders(get_model("order", "Order").objects.filter(pk=pk))
    return found[0] if found else None


def read_order_by_number(number: str) -> Order | None:
    """One order by its number."""
    found = _orders(get_model("order", "Order").objects.filter(number=number))
    return found[0] if found else None


def order_urls(numbers: Iterable[str], customer_id: str) -> dict[str, str]:
    """Paths of a customer's own orders by number; one query."""
    model = get_model("order", "Order")
    hers = model.objects.filter(
        number__in=list(numbers), user_id__in=keys(get_user_model(), [customer_id])
    )
    try:
        return {
            number: reverse("customer:order", kwargs={"order_number": number})
            for number in hers.values_list("number", flat=True)
        }
    except NoReverseMatch:
        return {}  # a shop without Oscar's account pages


def count_orders(after: str) -> int:
    return _page(get_model("order", "Order").objects.all(), "date_placed", after).count()


def read_refunds(after: str, limit: int) -> list[Refund]:
    """A page of refunds (payment transactions of that type) behind a cursor; one query."""
    model = get_model("payment", "Transaction")
    page = _page(model.objects.filter(txn_type=REFUND), "date_created", after)[:limit]
    return [refund_from(row) for row in refund_rows(page)]


def refund_rows(transactions: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    """Payment transactions as what ``refund_from`` takes."""
    rows: Iterable[tuple[Any, ...]] = transactions.annotate(
        hundredths=hundredths("amount")
    ).values_list(
        "pk",
        "source__order__number",
        "source__order__user_id",
        "source__currency",
        "hundredths",
        "date_created",
        "source__source_type__code",
    )
    return rows


def refund_from(row: tuple[Any, ...]) -> Refund:
    """A refund from a row of ``refund_rows``."""
    pk, number, user_id, currency, amount, created, tender = row
    return Refund(
        id=str(pk),
        order_id=number,
        customer_id=None if user_id is None else str(user_id),
        amount=Purse(currency)[amount],
        refunded_at=created,
        tender=tender,
        cursor=_cursor(created, pk),
    )


def _cursor(moment: datetime, pk: Any) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}|{pk}"


def _page(rows: QuerySet[Any], column: str, after: str) -> QuerySet[Any]:
    """Rows behind a cursor; a cursor without a key stands before its whole moment."""
    rows = rows.order_by(column, "pk")
    if not after:
        return rows
    text, _, pk = after.partition("|")
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    # The range alone would use the index; an OR of the two columns would not.
    rows = rows.filter(**{f"{column}__gte": moment})
    return rows.exclude(**{column: moment, "pk__lte": pk}) if pk else rows


def _orders(orders: QuerySet[Any]) -> list[Order]:
    user = get_user_model()
    rows = list(
        orders.annotate(
            account_mail=F(f"user__{user.get_email_field_name()}"),
            account_name=column_or_empty(user, "first_name", "user__"),
            hundredths=hundredths("total_incl_tax"),
            shipping_hundredths=hundredths("shipping_incl_tax"),
            shipping_net=hundredths("shipping_excl_tax"),
            # Most orders of most shops have neither, and the tables need not be read for them.
            is_reduced=has_reductions(),
            is_by_credit=has_credit(),
        ).values_list(*_ORDER)
    )
    purses = {currency: Purse(currency) for currency in {row[8] for row in rows}}
    lines = _lines({row[0]: purses[row[8]] for row in rows})
    reduced = reductions([row[0] for row in rows if row[15]])
    credit = credit_paid([row[0] for row in rows if row[16]])
    return [
        _order(
            row,
            lines.get(row[0], ()),
            purses[row[8]],
            reduced.get(row[0], (0, ())),
            credit.get(row[0]),
        )
        for row in rows
    ]


def _order(
    row: tuple[Any, ...],
    lines: Sequence[Line],
    purse: Purse,
    reduced: tuple[int, tuple[str, ...]],
    credit: int | None,
) -> Order:
    (
        pk,
        number,
        user_id,
        guest_mail,
        account_mail,
        account_name,
        name,
        country,
        _currency,
        total,
        placed_at,
        status,
        basket_id,
        shipping,
        shipping_net,
        *_,
    ) = row
    return Order(
        id=number,
        customer_id=None if user_id is None else str(user_id),
        email=guest_mail or account_mail or "",
        lines=tuple(lines),
        total=purse[total],
        placed_at=placed_at,
        is_cancelled=is_cancelled(status),
        basket_id=None if basket_id is None else str(basket_id),
        first_name=account_name or name or "",
        country=country or "",
        shipping=purse[shipping],
        shipping_tax=purse[shipping - shipping_net],
        discount=purse[reduced[0]],
        codes=reduced[1],
        paid_by_credit=None if credit is None else purse[credit],
        cursor=_cursor(placed_at, pk),
    )


def _lines(purses: dict[Any, Purse]) -> dict[Any, list[Line]]:
    """The lines of these orders, with category and cost as the catalogue has them now."""
    model = get_model("order", "Line")
    rows = list(
        model.objects.filter(order__in=list(purses))
        .annotate(
            hundredths=hundredths("line_price_incl_tax"),
            net=hundredths("line_price_excl_tax"),
            before=hundredths("line_price_before_discounts_incl_tax"),
        )
        .order_by("order_id", "pk")
        .values_list(*_LINE)
    )
    parents = {product: parent or product for _, _, product, parent, *_ in rows if product}
    # A line of one unit is reduced wholly or not at all.
    reduced = _reduced_units([row[0] for row in rows if row[4] > 1 and row[7] > row[5]])
    categories = category_ids(set(parents.values()))
    costs = unit_costs({*parents, *parents.values()})
    cards = gift_cards(set(parents.values()))
    known = {
        product: (
            str(product),
            str(parent) if parent != product else None,
            categories.get(parent, ()),
            costs.get(product, costs.get(parent)),
            parent in cards,
        )
        for product, parent in parents.items()
    }
    nothing = ("", None, (), None, False)
    found: dict[Any, list[Line]] = defaultdict(list)
    for pk, order, product, _, quantity, total, net, before in rows:
        name, parent, kinds, cost, is_card = known.get(product, nothing)
        purse = purses[order]
        found[order].append(
            Line(
                product_id=name,
                quantity=quantity,
                total=purse[total],
                cost=None if cost is None else purse[cost * quantity],
                category_ids=kinds,
                parent_id=parent,
                tax=purse[total - net],
                discount=purse[before - total],
                discounted_quantity=reduced.get(pk),
                is_gift_card=is_card,
            )
        )
    return found


def _reduced_units(lines: Sequence[Any]) -> dict[Any, int]:
    """How many units of these lines were sold below their price, as Oscar wrote it down; one
    query, none without lines."""
    if not lines:
        return {}
    rows = get_model("order", "LinePrice").objects.filter(
        line__in=lines, price_incl_tax__lt=F("line__unit_price_incl_tax")
    )
    return dict(rows.order_by().values_list("line_id").annotate(units=Sum("quantity")))
