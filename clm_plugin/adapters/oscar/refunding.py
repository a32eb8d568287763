"""Refunds of an Oscar order over all that it was paid with, each once.

One transaction under the order's lock: what goes back to store credit re-opens the lots that the
order spent, bonus that the order earned is taken back, Oscar's sources and events are written, and
last of all the money moves. All of it stands, or nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar.tenders import making_refund
from clm_plugin.adapters.tender import api as tender
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, price

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REFUND, KEPT = "Refund", "Kept from refund"
"""Types of payment events. What was kept belongs to no line, and is not refunded later."""


class RefundRefused(ClmError):
    """This refund cannot be made; the text says why, for the clerk."""


@dataclass(frozen=True, slots=True)
class Part:
    """What goes back to one of the order's sources."""

    source: Any
    label: str
    amount: Decimal
    is_credit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What a refund gave back (or would), and what it kept for bonus that was spent already."""

    parts: tuple[Part, ...] = field(default=())
    kept: Decimal = Decimal(0)
    event: Any = None
    repeated: bool = False

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


def refundable(order: Any) -> Decimal:
    """What was paid for an order, and neither given back nor kept."""
    left = sum((s.amount_available_for_refund for s in order.sources.all()), Decimal(0))
    kept = order.payment_events.filter(event_type__name=KEPT).values_list("amount", flat=True)
    return max(left - sum(kept, Decimal(0)), Decimal(0))


def refund_order(
    order: Any,
    amount: Decimal,
    *,
    pay_back: Callable[[Any, Decimal], str],
    key: str = "",
    lines: Sequence[Any] | None = None,
    quantities: Sequence[int] | None = None,
    actor: str = "",
) -> Refunded:
    """Give back ``amount`` of an order, over its sources by what each has left.

    ``pay_back(source, amount)`` moves the money of a source that is not store credit and returns
    the reference; whatever it raises undoes the whole refund. With a ``key`` the same refund asked
    for twice happens once. Raises RefundRefused.
    """
    with transaction.atomic():
        # Two clerks, or a clerk and the gateway's message: the second waits, and finds less left.
        order = get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
        if key and (before := order.payment_events.filter(reference=key).first()):
            return Refunded(event=before, repeated=True)
        left = refundable(order)
        if amount <= 0:
            raise RefundRefused(_("Choose an amount above zero."))
        if amount > left:
            raise RefundRefused(
                _("Only %(left)s of this order can still be refunded.")
                % {"left": price(Money.of(left, order.currency))}
            )
        made = _write(order, amount, key, lines, quantities, actor)
        for part, row in made.rows:
            if not part.is_credit:
                row.reference = pay_back(part.source, part.amount)[:128]
            row.save()  # with its final amount: now it is told
        return made.refunded


def foresee_refund(order: Any, amount: Decimal) -> Refunded:
    """What ``refund_order`` would do: done, looked at, and undone. Raises RefundRefused."""
    with transaction.atomic():
        try:
            order = get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
            if not 0 < amount <= refundable(order):
                raise RefundRefused(_("So much of this order cannot be refunded any more."))
            return _write(order, amount, "", None, None, "").refunded
        finally:
            transaction.set_rollback(True)


@dataclass(frozen=True, slots=True)
class _Made:
    refunded: Refunded
    rows: list[tuple[Part, Any]]


def _write(
    order: Any,
    amount: Decimal,
    key: str,
    lines: Sequence[Any] | None,
    quantities: Sequence[int] | None,
    actor: str,
) -> _Made:
    """All but the money, in the caller's transaction."""
    sources = list(order.sources.select_for_update().select_related("source_type").order_by("pk"))
    parts = _split(sources, amount, order.currency)
    with _untold():
        rows = [(part, _refund_row(part)) for part in parts]
    kept = _kept(order, rows, actor)
    rows = [(part, row) for part, row in _less(rows, kept, order.currency) if part.amount]
    for part, row in rows:
        if part.is_credit:
            tender.give_back(
                order_id=str(order.number),
                amount=Money.of(part.amount, order.currency),
                refund_id=str(row.pk),
                now=clock.now(),
                actor=actor,
            )
    handler = get_class("order.processing", "EventHandler")()
    types = get_model("order", "PaymentEventType").objects
    given = sum((part.amount for part, _row in rows), Decimal(0))
    event = handler.create_payment_event(
        order, types.get_or_create(name=REFUND)[0], given, lines, quantities, reference=key
    )
    if kept:
        handler.create_payment_event(order, types.get_or_create(name=KEPT)[0], kept)
    done = Refunded(parts=tuple(part for part, _row in rows), kept=kept, event=event)
    return _Made(done, rows)


def _split(sources: list[Any], amount: Decimal, currency: str) -> list[Part]:
    left = [Money.of(s.amount_available_for_refund, currency).minor for s in sources]
    shares = tender.split(Money.of(amount, currency).minor, [max(minor, 0) for minor in left])
    return [
        Part(
            source=source,
            label=source.label or source.source_type.name,
            amount=Money(share, currency).amount,
            is_credit=source.source_type.code == CREDIT_TENDER,
        )
        for source, share in zip(sources, shares, strict=True)
        if share
    ]


def _refund_row(part: Part) -> Any:
    part.source.refund(part.amount, reference=part.source.reference, status="Refunded")
    return part.source.transactions.order_by("-pk").first()


def _kept(order: Any, rows: list[tuple[Part, Any]], actor: str) -> Decimal:
    """What programmes keep from this refund, for bonus of the order that was spent already."""
    minor = sum(
        tender.take_back(
            order_id=str(order.number),
            refund_id=str(row.pk),
            amount=Money.of(part.amount, order.currency),
            now=clock.now(),
            actor=actor,
        )
        for part, row in rows
    )
    given = sum((part.amount for part, _row in rows), Decimal(0))
    return min(Money(minor, order.currency).amount, given)


def _less(rows: list[tuple[Part, Any]], kept: Decimal, currency: str) -> Iterator[tuple[Part, Any]]:
    """The parts less what is kept: from money first, then from credit."""
    for part, row in sorted(rows, key=lambda each: each[0].is_credit):
        off = min(kept, part.amount)
        kept -= off
        if off:
            part.source.amount_refunded -= off
            part.source.save()
            row.amount = part.amount - off
            if not row.amount:
                row.delete()
        yield Part(part.source, part.label, part.amount - off, part.is_credit), row


@contextmanager
def _untold() -> Iterator[None]:
    token = making_refund.set(True)
    try:
        yield
    finally:
        making_refund.reset(token)
