"""Orders and channel spend from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from clm_plugin.adapters.files.cells import BadRow, day, money, short
from clm_plugin.adapters.files.data import Field, Importer, Reading, Spend, Told
from clm_plugin.adapters.files.people import SOURCE, WHO, happened, who
from clm_plugin.events.api import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.money import Money

_CANCELLED = {"cancelled", "canceled", "void", "voided"}


def _order(row: Mapping[str, str], reading: Reading) -> Told:
    """An order, with its refund and cancellation.

    With the shop's own ids the keys are those of its signals, so an order counts once, whoever told
    it first; with another system's ids orders have names and keys of their own.
    """
    own = reading.ids_are == "customer"
    number = short(row["order"], "order", 40)
    if not number:
        raise BadRow("order", "is empty")
    order_id = number if own else f"{reading.ids_are[:20]}:{number}"
    name, at = who(row, reading), happened(row, reading)
    total = money(row["total"], row.get("currency", ""), "total", reading)
    if total.minor < 0:
        raise BadRow("total", "is less than nothing")

    def event(type_: str, key: str, **payload: object) -> NewEvent:
        return NewEvent(
            type=type_,
            actor=name,
            object_id=order_id,
            payload={"order_id": order_id, **payload},
            occurred_at=at,
            source=SOURCE,
            namespace="shop" if own else SOURCE,
            key=key,
        )

    events = [
        event(
            "order.placed",
            f"order.placed:{order_id}",
            email=short(row.get("email", ""), "email", 254),
            currency=total.currency,
            total_minor=total.minor,
            **_line(row, total),
        )
    ]
    refunded = row.get("refunded", "")
    back = money(refunded, total.currency, "refunded", reading) if refunded else None
    if back is not None and back.minor:
        if not 0 < back.minor <= total.minor:
            raise BadRow("refunded", "is not between nothing and the total")
        events.append(
            event(
                "order.refunded",
                f"order.refunded:{order_id}:import",
                refund_id=f"{order_id}:import"[:64],
                amount_minor=back.minor,
                currency=back.currency,
            )
        )
    if row.get("status", "").strip().casefold() in _CANCELLED:
        events.append(event("order.cancelled", f"order.cancelled:{order_id}"))
    return Told(events=tuple(events))


def _line(row: Mapping[str, str], total: Money) -> dict[str, object]:
    """The one product and category a row may name; a file has no room for more."""
    product, category = (short(row.get(name, ""), name, 64) for name in ("product", "category"))
    if not product:
        return {}
    return {
        "product_ids": [product],
        "category_ids": [category],
        "quantities": [1],
        "totals_minor": [total.minor],
        "costs_minor": [-1],
    }


def _spend(row: Mapping[str, str], reading: Reading) -> Told:
    amount = money(row["amount"], row.get("currency", ""), "amount", reading)
    if amount.minor < 0:
        raise BadRow("amount", "is less than nothing")
    channel = short(row["channel"].strip().lower(), "channel", 64)
    if not channel:
        raise BadRow("channel", "is empty")
    return Told(
        spend=Spend(
            day=day(row["day"], "day", reading),
            channel=channel,
            amount_minor=amount.minor,
            currency=amount.currency,
        )
    )


_CURRENCY = Field(
    key="currency",
    label=_("Currency"),
    help=_("Three letters; without the column the shop's."),
    names=("currency", "currency code"),
)

ORDERS = Importer(
    kind="orders",
    label=_("Orders"),
    help=_(
        "Orders of another till or an earlier shop: they change facts and stages, send nothing."
    ),
    fields=(
        *WHO,
        Field(
            key="order",
            label=_("Order number"),
            required=True,
            names=("order", "order id", "order_id", "order number", "number", "invoice"),
        ),
        Field(
            key="when",
            label=_("Placed at"),
            required=True,
            names=("when", "date", "placed", "placed at", "order date", "created at"),
        ),
        Field(
            key="total",
            label=_("Total"),
            required=True,
            help=_("With tax, before refunds."),
            names=("total", "amount", "order total", "revenue", "value"),
        ),
        _CURRENCY,
        Field(key="refunded", label=_("Refunded"), names=("refunded", "refund")),
        Field(
            key="status",
            label=_("Status"),
            help=_("“cancelled” takes the order back."),
            names=("status", "state"),
        ),
        Field(key="product", label=_("Product id"), names=("product", "product id", "sku")),
        Field(key="category", label=_("Category id"), names=("category", "category id")),
    ),
    tell=_order,
    one_of=("id", "email"),
)

SPEND = Importer(
    kind="spend",
    label=_("Channel spend"),
    help=_("What each channel cost a day; a second import of a day replaces it."),
    fields=(
        Field(key="day", label=_("Day"), required=True, names=("day", "date")),
        Field(
            key="channel",
            label=_("Channel"),
            required=True,
            help=_("As in the shop's reports: cpc/google, social …"),
            names=("channel", "source", "medium", "campaign source"),
        ),
        Field(
            key="amount",
            label=_("Amount"),
            required=True,
            names=("amount", "spend", "cost", "costs"),
        ),
        _CURRENCY,
    ),
    tell=_spend,
)
