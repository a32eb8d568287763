"""By what means orders were paid, read in bulk from Oscar's payment sources."""

from __future__ import annotations

from collections import defaultdict
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Sum, Value
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar.columns import Purse, hundredths
from clm_plugin.shop.api import CREDIT_TENDER, Tender

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models.expressions import Combinable

    from clm_plugin.money import Money

credit_being_paid: ContextVar[Money | None] = ContextVar("clm_credit_being_paid", default=None)
"""What the order that is being placed pays with store credit: ``order_placed`` comes before the
sources are saved."""
making_refund: ContextVar[bool] = ContextVar("clm_making_refund", default=False)
"""A refund whose amount may still change is not told yet."""


def read_tenders(order_ids: Iterable[str]) -> dict[str, tuple[Tender, ...]]:
    """The tenders of orders by order number, in the order of Oscar's sources; two queries."""
    model = get_model("order", "Order")
    numbers = [text for text in order_ids if text]
    orders = dict(model.objects.filter(number__in=numbers).values_list("pk", "number"))
    found: dict[str, list[Tender]] = {number: [] for number in orders.values()}
    rows = (
        get_model("payment", "Source")
        .objects.filter(order__in=list(orders))
        .annotate(
            allocated=hundredths("amount_allocated"),
            debited=hundredths("amount_debited"),
            refunded=hundredths("amount_refunded"),
        )
        .order_by("pk")
        .values_list(
            "order_id",
            "source_type__code",
            "source_type__name",
            "label",
            "currency",
            "allocated",
            "debited",
            "refunded",
        )
    )
    for order, code, name, label, currency, allocated, debited, refunded in rows:
        purse = Purse(currency)
        found[orders[order]].append(
            Tender(
                code=code,
                label=label or name,
                # Some shops note what they took as allocated only.
                paid=purse[debited or allocated],
                refunded=purse[refunded],
            )
        )
    return {number: tuple(tenders) for number, tenders in found.items()}


def has_credit() -> Combinable:
    """Of an order's row: whether any of it was paid with store credit."""
    if not any(config.label == "payment" for config in apps.get_app_configs()):
        return Value(False)
    sources = get_model("payment", "Source").objects
    return Exists(sources.filter(order=OuterRef("pk"), source_type__code=CREDIT_TENDER))


def has_reductions() -> Combinable:
    """Of an order's row: whether an offer or a code took anything off it."""
    return Exists(get_model("order", "OrderDiscount").objects.filter(order=OuterRef("pk")))


def credit_paid(orders: Sequence[Any]) -> dict[Any, int]:
    """Hundredths paid with store credit by order key, of orders that have some; one query, none
    without orders."""
    if not orders:
        return {}
    rows = (
        get_model("payment", "Source")
        .objects.filter(order__in=list(orders), source_type__code=CREDIT_TENDER)
        .annotate(hundredths=hundredths("amount_debited"))
        .values_list("order_id", "hundredths")
    )
    found: dict[Any, int] = defaultdict(int)
    for order, amount in rows:
        found[order] += amount
    return dict(found)


def reductions(orders: Sequence[Any]) -> dict[Any, tuple[int, tuple[str, ...]]]:
    """What offers and codes took off orders in hundredths, and the codes; one query, none without
    orders."""
    if not orders:
        return {}
    rows = (
        get_model("order", "OrderDiscount")
        .objects.filter(order__in=list(orders))
        .order_by("pk")
        .values_list("order_id", "voucher_code")
        .annotate(hundredths=hundredths(Sum("amount")))
    )
    found: dict[Any, tuple[int, tuple[str, ...]]] = {}
    for order, code, amount in rows:
        total, codes = found.get(order, (0, ()))
        if code and code not in codes:
            codes = (*codes, code)
        found[order] = total + amount, codes
    return found
