"""Refunds of an Oscar order over all that it was paid with, each once.

One transaction under the order's lock: what goes back to store credit re-opens the lots that the
order spent, bonus that the order earned is taken back, Oscar's sources and events are written, and
last of all the money moves. All of it stands, or nothing. Where several gateways pay, the first is
in that transaction and each other is a step of its own (``refunds_waiting``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar.refunds_waiting import (
    REFUND,
    Part,
    finish_refunds,
    in_coins,
    label_of,
    left_of,
    paid_now,
    put_off,
    starts_of,
    step_key,
    waiting_of,
)
from clm_plugin.adapters.oscar.shop import OscarShop
from clm_plugin.adapters.oscar.tenders import making_refund
from clm_plugin.adapters.tender import api as tender
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, price

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "REFUND", "Part", "RefundRefused", "Refunded", "finish_refunds", "foresee_refund",
    "refund_order", "refundable", "waiting_of",
]  # fmt: skip
KEPT = "Kept from refund"
"""Type of payment events. What was kept belongs to no line, and is not refunded later."""


class RefundRefused(ClmError):
    """This refund cannot be made; the text says why, for the clerk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """What a refund gave back (or would), and what it kept for bonus that was spent already."""

    parts: tuple[Part, ...] = field(default=())
    waiting: tuple[Part, ...] = field(default=())
    """What is to go back still: its gateway failed after another one had paid."""
    kept: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    """Of its store credit, what reaches nobody: its owner was erased."""
    event: Any = None
    repeated: bool = False

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))


def refundable(order: Any) -> Decimal:
    """What was paid for an order, and neither given back, nor about to be, nor kept."""
    left = sum(left_of(order, order.sources.all()).values())
    return Money(max(left - _kept_before(order), 0), order.currency).amount


def _kept_before(order: Any) -> int:
    """What was kept from earlier refunds, in minor units."""
    kept = order.payment_events.filter(event_type__name=KEPT).values_list("amount", flat=True)
    return Money.of(sum(kept, Decimal(0)), order.currency).minor


def refund_order(
    order: Any,
    amount: Decimal,
    *,
    pay_back: Callable[[Any, Decimal, str], str],
    key: str = "",
    lines: Sequence[Any] | None = None,
    quantities: Sequence[int] | None = None,
    actor: str = "",
    is_gone: bool = False,
) -> Refunded:
    """Give back ``amount`` of an order, over its sources by what each has left; of an amount that
    there are no coins for, what there are coins for.

    ``pay_back(source, amount, step)`` moves the money of a source that is not store credit and
    returns the reference. ``step`` is for the gateway's idempotency key: another try after a crash
    has the same. What it raises of the first source undoes the whole refund; of a later one, when
    money has moved, it leaves that part ``waiting``: ``finish_refunds``, the same refund again and
    any other of the order pay it, once. With a ``key`` the same refund asked for twice happens
    once. ``is_gone``: the bank took the money back itself, so nothing can be kept from it: bonus
    that was spent becomes a debt. Raises RefundRefused.
    """
    done = _first_steps(order, amount, pay_back, key, lines, quantities, actor, is_gone)
    paid, still = finish_refunds(order, pay_back=pay_back)
    return replace(done, parts=(*done.parts, *paid), waiting=tuple(still))


def _first_steps(
    order: Any,
    amount: Decimal,
    pay_back: Callable[[Any, Decimal, str], str],
    key: str,
    lines: Sequence[Any] | None,
    quantities: Sequence[int] | None,
    actor: str,
    is_gone: bool,
) -> Refunded:
    """All that stands together: everything but the second gateway's part and those after it."""
    with transaction.atomic():
        # Two clerks, or a clerk and the gateway's message: the second waits, and finds less left.
        order = get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
        if key and (before := order.payment_events.filter(reference=key).first()):
            return Refunded(event=before, repeated=True)
        left, amount = refundable(order), in_coins(amount, order.currency)
        if amount <= 0:
            raise RefundRefused(_("Choose an amount above zero."))
        if amount > left:
            raise RefundRefused(
                _("Only %(left)s of this order can still be refunded.")
                % {"left": price(Money.of(left, order.currency))}
            )
        starts = starts_of(order)
        made = _write(order, amount, key, lines, quantities, actor, keeps=not is_gone)
        parts = []
        has_paid = False
        for part, row in made.rows:
            step = step_key(order, part.source, starts[part.source.pk])
            if has_paid and not part.is_credit:
                row.reference = step
                put_off(part.source, row)
                continue
            if not part.is_credit:
                row.reference = pay_back(part.source, part.amount, step)[:128]
                has_paid = True
            row.save()  # with its final amount: now it is told
            parts.append(part)
        return replace(made.refunded, parts=tuple(parts))


def foresee_refund(order: Any, amount: Decimal) -> Refunded:
    """What ``refund_order`` would do: done, looked at, and undone. Raises RefundRefused."""
    with transaction.atomic():
        try:
            order = get_model("order", "Order").objects.select_for_update().get(pk=order.pk)
            amount = in_coins(amount, order.currency)
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
    *,
    keeps: bool = True,
) -> _Made:
    """All but the money, in the caller's transaction."""
    sources = list(order.sources.select_for_update().select_related("source_type").order_by("pk"))
    kept_before = _kept_before(order)
    before = sum(starts_of(order).values()) + kept_before
    parts = _split(order, sources, amount, kept_before)
    with _untold():
        rows = [(part, _refund_row(part)) for part in parts]
    kept = _kept(order, rows, actor, before) if keeps else Decimal(0)
    rows = [(part, row) for part, row in _less(rows, kept, order.currency) if part.amount]
    lost = sum(_give_back(order, part, row, actor) for part, row in rows if part.is_credit)
    handler = get_class("order.processing", "EventHandler")()
    types = get_model("order", "PaymentEventType").objects
    given = paid_now(rows)
    event = handler.create_payment_event(
        order, types.get_or_create(name=REFUND)[0], given, lines, quantities, reference=key
    )
    if kept:
        handler.create_payment_event(order, types.get_or_create(name=KEPT)[0], kept)
    done = Refunded(
        parts=tuple(part for part, _row in rows),
        kept=kept,
        lost=Money(lost, order.currency).amount,
        event=event,
    )
    return _Made(done, rows)


def _split(order: Any, sources: list[Any], amount: Decimal, kept: int) -> list[Part]:
    currency, left = order.currency, left_of(order, sources)
    # What was kept is nobody's to give back: it came off as ``_less`` takes it off.
    for source in sorted(sources, key=_is_credit):
        off = min(kept, left[source.pk])
        left[source.pk] -= off
        kept -= off
    coin = tender.coin_of(currency, OscarShop.decimal_places)
    shares = tender.split(Money.of(amount, currency).minor, list(left.values()), coin=coin)
    return [
        Part(
            source=source,
            label=label_of(source),
            amount=Money(share, currency).amount,
            is_credit=_is_credit(source),
        )
        for source, share in zip(sources, shares, strict=True)
        if share
    ]


def _give_back(order: Any, part: Part, row: Any, actor: str) -> int:
    """Open the lots again; returns the minor units that reached nobody."""
    number, amount = str(order.number), Money.of(part.amount, order.currency)
    back = tender.give_back(
        order_id=number, amount=amount, refund_id=str(row.pk), now=clock.now(), actor=actor
    )
    if back == amount.minor:
        return 0
    refunded = Money.of(part.source.amount_refunded, order.currency)
    # What a cancellation gave back before the shop did reached her all the same.
    return min(amount.minor - back, tender.lost(order_id=number, refunded=refunded))


def _is_credit(source: Any) -> bool:
    return bool(source.source_type.code == CREDIT_TENDER)


def _refund_row(part: Part) -> Any:
    part.source.refund(part.amount, reference=part.source.reference, status="Refunded")
    return part.source.transactions.order_by("-pk").first()


def _kept(order: Any, rows: list[tuple[Part, Any]], actor: str, before: int) -> Decimal:
    """What programmes keep from this refund, for bonus of the order that was spent already.

    ``before``: minor units that were refunded or kept earlier.
    """
    minor = given = 0
    for part, row in rows:
        amount = Money.of(part.amount, order.currency)
        minor += tender.take_back(
            order_id=str(order.number),
            refund_id=str(row.pk),
            amount=amount,
            now=clock.now(),
            actor=actor,
            before=Money(before + given, order.currency),
        )
        given += amount.minor
    minor -= minor % tender.coin_of(order.currency, OscarShop.decimal_places)
    return Money(min(minor, given), order.currency).amount


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
