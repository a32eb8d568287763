"""Parts of a refund whose money has not moved yet: Oscar's rows say so, until it has.

A gateway that fails after another has paid must not undo what was paid. Each part is a step of its
own; one that failed waits as a payment transaction of its own type, which no report of refunds
counts, and is finished once.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar.shop import OscarShop
from clm_plugin.adapters.tender import api as tender
from clm_plugin.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

logger = logging.getLogger("clm_plugin")

REFUND = "Refund"
"""Type of payment transactions and payment events of money that went back."""
WAITING = "Refund waiting"
"""Type of a payment transaction that is to become a refund; its reference is its step's key."""


@dataclass(frozen=True, slots=True)
class Part:
    """What goes back to one of the order's sources."""

    source: Any
    label: str
    amount: Decimal
    is_credit: bool = False
    why: str = ""
    """Of a part that waits: what its gateway said last."""


def label_of(source: Any) -> str:
    return str(source.label or source.source_type.name)


def waiting_of(order: Any) -> list[Part]:
    """What was to go back already, and has not; two queries."""
    return [Part(row.source, label_of(row.source), row.amount) for row in _rows(order)]


def waiting_minor(order: Any) -> dict[int, int]:
    """By source: minor units that wait; one query."""
    found: dict[int, int] = defaultdict(int)
    for source, amount in _rows(order).order_by().values_list("source_id", "amount"):
        found[source] += Money.of(amount, order.currency).minor
    return found


def left_of(order: Any, sources: Iterable[Any]) -> dict[int, int]:
    """What is left of sources in whole coins of the currency."""
    waiting = waiting_minor(order)
    left = {}
    for source in sources:
        whole = _whole(source.amount_available_for_refund, order.currency)
        left[source.pk] = max(whole - waiting.get(source.pk, 0), 0)
    return left


def in_coins(amount: Decimal, currency: str) -> Decimal:
    """So much of an amount as there are coins for, that Oscar's books can hold: 15 per cent off
    9,999 yen leaves 8,499.15, and nobody is given fifteen hundredths back."""
    minor = _whole(amount, currency)
    coin = tender.coin_of(currency, OscarShop.decimal_places)
    return Money(minor - minor % coin, currency).amount


def _whole(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(exponent(currency)).to_integral_value(ROUND_DOWN))


def starts_of(order: Any) -> dict[int, int]:
    """By source: minor units that went back, or are about to; where its next step starts."""
    waiting = waiting_minor(order)
    return {
        source.pk: Money.of(source.amount_refunded, order.currency).minor
        + waiting.get(source.pk, 0)
        for source in order.sources.all()
    }


def step_key(order: Any, source: Any, before: int) -> str:
    """Names the step that gives back what comes after the first ``before`` minor units of a source:
    a crash between gateway and commit, and another try, are one step and move the money once."""
    return f"{order.number}:{source.pk}:{before}"[:128]


def put_off(source: Any, row: Any) -> None:
    """A refund that was written down is still to be paid."""
    source.amount_refunded -= row.amount
    source.save()
    row.txn_type, row.status = WAITING, "Waiting"
    row.save()


def finish_refunds(
    order: Any, *, pay_back: Callable[[Any, Decimal, str], str]
) -> tuple[list[Part], list[Part]]:
    """Pay what waits, each part in a transaction of its own and once; (what was paid, what waits
    on). ``pay_back`` as ``refund_order`` takes it; what it raises leaves its part waiting.

    Outside of a transaction each step is committed before the next one begins.
    """
    done: list[Part] = []
    still: list[Part] = []
    for row in list(_rows(order)):
        part = Part(row.source, label_of(row.source), row.amount)
        try:
            paid = _finish(order, row.pk, pay_back)
        except Exception as error:
            logger.warning("clm: a refund of order %s waits: %s", order.number, error)
            still.append(Part(part.source, part.label, part.amount, why=str(error)))
        else:
            done += [part] if paid else []
    return done, still


def _finish(order: Any, pk: Any, pay_back: Callable[[Any, Decimal, str], str]) -> bool:
    """False: somebody else did it while we waited for the order."""
    with transaction.atomic():
        get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
        row = get_model("payment", "Transaction").objects.filter(pk=pk, txn_type=WAITING).first()
        if row is None:
            return False
        sources = get_model("payment", "Source").objects.select_for_update()
        source = sources.select_related("source_type").get(pk=row.source_id)
        source.amount_refunded += row.amount
        source.save()
        types = get_model("order", "PaymentEventType").objects
        get_class("order.processing", "EventHandler")().create_payment_event(
            order, types.get_or_create(name=REFUND)[0], row.amount, reference=row.reference
        )
        # The shop's reports and ours read refunds by date: this one is of now.
        row.txn_type, row.status, row.date_created = REFUND, "Refunded", clock.now()
        row.reference = pay_back(source, row.amount, row.reference)[:128]
        row.save()  # now it is told
        return True


def _rows(order: Any) -> Any:
    """Transactions that wait, in the order in which they are to be paid."""
    rows = get_model("payment", "Transaction").objects
    waiting = rows.filter(source__order=order.pk, txn_type=WAITING)
    return waiting.select_related("source__source_type").order_by("pk")


def paid_now(rows: Sequence[tuple[Part, Any]]) -> Decimal:
    """Of what was written, what is credit, and the first part that a gateway pays."""
    money = [part.amount for part, _row in rows if not part.is_credit]
    credit = sum((part.amount for part, _row in rows if part.is_credit), Decimal(0))
    return credit + (money[0] if money else Decimal(0))
