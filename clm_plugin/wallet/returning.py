"""What a cancelled or refunded order earned goes back, and what it spent is opened again.

``take_back`` is also the shop's: where a programme keeps the rest from the refund, the shop asks
it before the money is sent, and the pipeline finds it done.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from clm_plugin.permissions import gettext_noop as _
from clm_plugin.profiles.api import order_owner
from clm_plugin.shop.api import CREDIT_TENDER
from clm_plugin.wallet.awarding import ACTOR, known_keys
from clm_plugin.wallet.clawing import claw_back
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.earning import taken_back
from clm_plugin.wallet.errors import WalletError
from clm_plugin.wallet.models import Lot, Posting, Transaction
from clm_plugin.wallet.programme_models import Promise
from clm_plugin.wallet.programmes import live_programmes
from clm_plugin.wallet.queries import paid_on, spent_on
from clm_plugin.wallet.restoring import restore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.events.api import Event
    from clm_plugin.profiles.models import OrderFact
    from clm_plugin.wallet.data import Policy

logger = logging.getLogger("clm_plugin")

CANCELLED, REFUNDED = "order.cancelled", "order.refunded"
BACK = frozenset({CANCELLED, REFUNDED})
FOR_REFUND = _("Order refunded")
FOR_CANCEL = _("Order cancelled")
_GRACE = timedelta(days=14)
"""Where no programme of the order says how long."""


def take_back_all(events: Sequence[Event], *, now: datetime) -> None:
    """Undo what cancelled and refunded orders earned and spent; four reads for the batch."""
    orders = {event.payload["order_id"] for event in events}
    gained = _earned_by(orders)
    facts = order_owner(orders)
    paid = paid_on(orders)
    to_come = {order: refunds_in(events, order) for order in orders}
    for event in events:
        order = event.payload["order_id"]
        fact = facts.get(order)
        cancelled = fact is not None and fact.cancelled_at is not None
        if event.type == CANCELLED:
            _cancel(order, gained.get(order, {}), paid.get(order, (0, 0)), now)
            continue
        refund = event.payload["refund_id"]
        minor = event.payload["amount_minor"]
        if event.payload.get("tender") == CREDIT_TENDER:
            _restore(order, minor, key=refund_key(refund), reason=FOR_REFUND, now=now)
        if gained.get(order) and fact is not None and not cancelled:
            before = max(fact.refunded_minor - to_come[order], 0)
            _take_back(gained[order], order, refund, minor, before, fact.total_minor, now)
        to_come[order] -= minor
    _take_what_came_back([e for e in events if e.payload["order_id"] in paid], now)
    _break_promises(facts, now)


def is_undone(fact: OrderFact | None) -> bool:
    """Whether nothing is left of an order: it was cancelled, or all of it refunded."""
    if fact is None:
        return False
    return fact.cancelled_at is not None or 0 < fact.total_minor <= fact.refunded_minor


def take_back_late(
    order_id: str, programme: str, earned: int, *, total: int, before: int, now: datetime
) -> None:
    """What an order just earned, for the refunds that were told of before it was."""
    share = taken_back(earned, total=total, before=0, refund=before)
    if share > 0:
        _claw(order_id, programme, share, f"late:{programme}:{order_id}", FOR_REFUND, now)


def refund_key(refund_id: str) -> str:
    """The key under which a refund restores what its order spent."""
    return f"refund:{refund_id}"


def take_back(
    *,
    order_id: str,
    refund_id: str,
    amount_minor: int,
    now: datetime,
    actor: str = ACTOR,
    before_minor: int | None = None,
) -> int:
    """Take back a refund's share of what its order earned, before the money is sent.

    Returns the minor units to keep from the refund (programmes with the policy ``reduce_refund``;
    else 0). ``before_minor``: what was refunded of the order earlier; None: what was told of it.
    Once a refund, here or in the pipeline. In the caller's transaction.
    """
    fact = order_owner([order_id]).get(order_id)
    gained = _earned_by([order_id]).get(order_id, {})
    if not gained or fact is None or fact.cancelled_at is not None:
        return 0
    before = fact.refunded_minor if before_minor is None else before_minor
    total = fact.total_minor
    return _take_back(
        gained, order_id, refund_id, amount_minor, before, total, now, actor, keeps=True
    )


def grace_of(order_id: str) -> timedelta:
    """How long credit is good that had expired before the order it paid was refunded; the longest
    of the programmes that paid. Two queries."""
    paid = spent_on(order_id)
    plans = live_programmes().plans
    keys = {share.programme for share in paid.shares} if paid else set()
    days = [plans[key].grace_days for key in keys if key in plans]
    return timedelta(days=max(days)) if days else _GRACE


def _earned_by(orders: Iterable[str]) -> dict[str, dict[str, int]]:
    """What orders earned, by order and programme."""
    rows = (
        Lot.objects.filter(source_kind="order", source_ref__in=list(orders), replaces=None)
        .order_by()
        .values_list("source_ref", "account__programme")
        .annotate(total=Sum("granted_minor"))
    )
    found: dict[str, dict[str, int]] = {}
    for order, programme, total in rows:
        found.setdefault(order, {})[programme] = total
    return found


def refunds_in(events: Iterable[Event], order: str) -> int:
    """What of an order's refunds is in this batch: its facts have it already."""
    return sum(
        event.payload["amount_minor"]
        for event in events
        if event.type == REFUNDED and event.payload["order_id"] == order
    )


def _take_back(
    gained: dict[str, int],
    order: str,
    refund: str,
    minor: int,
    before: int,
    total: int,
    now: datetime,
    actor: str = ACTOR,
    *,
    keeps: bool = False,
) -> int:
    """The share of each programme; returns what is owed from the refund, also when it was done."""
    keys = {programme: f"claw:{programme}:{refund}" for programme in gained}
    rows = Transaction.objects.filter(key__in=list(keys.values()))
    known = dict(rows.values_list("key", "owed_minor"))
    owed = sum(known.values())
    for programme, earned in gained.items():
        share = taken_back(earned, total=total, before=before, refund=minor)
        key = keys[programme]
        if share > 0 and key not in known:
            owed += _claw(order, programme, share, key, FOR_REFUND, now, actor, keeps=keeps)
    return owed


def _claw(
    order: str,
    programme: str,
    minor: int | None,
    key: str,
    reason: str,
    now: datetime,
    actor: str = ACTOR,
    kind: str = "order",
    *,
    keeps: bool = False,
) -> int:
    """``keeps``: the caller has the money of the refund still. Once it is gone, what was to be kept
    from it is a debt."""
    plan = live_programmes().plans.get(programme)
    policy: Policy = plan.refund_policy if plan is not None else "lot"
    if policy == "reduce_refund" and not keeps:
        policy = "debt"
    try:
        return claw_back(
            source=Source(kind, order),
            programme=programme,
            amount_minor=minor,
            key=key,
            policy=policy,
            now=now,
            reason=reason,
            actor=actor,
        ).owed_minor
    except WalletError as refusal:
        logger.warning("clm: %s was not taken back: %s", key, refusal)
        return 0


def _cancel(order: str, gained: dict[str, int], paid: tuple[int, int], now: datetime) -> None:
    """All that is left of what the order earned goes, and all that it spent comes back."""
    for programme in gained:
        _claw(order, programme, None, f"cancel:{programme}:{order}", FOR_CANCEL, now)
    captured, restored = paid
    if captured > restored:
        key = f"cancel:{order}"
        _restore(order, captured - restored, key=key, reason=FOR_CANCEL, now=now)


def _restore(order: str, minor: int, *, key: str, reason: str, now: datetime) -> None:
    if key in known_keys([key]):
        return  # the shop's refund did it
    try:
        restore(
            order_id=order,
            amount_minor=minor,
            key=key,
            now=now,
            grace=grace_of(order),
            reason=reason,
            actor=ACTOR,
        )
    except WalletError as refusal:
        logger.warning("clm: %s was not restored: %s", key, refusal)


def _take_what_came_back(events: Sequence[Event], now: datetime) -> None:
    """Bonus of an order that is undone, which was spent then, and came back by the order that it
    paid: it is in its lot again, and what is left of that is taken back. One query, none where no
    order was paid with credit."""
    if not events:
        return
    event_of = {event.payload["order_id"]: event.id for event in events}
    rows = Posting.objects.filter(
        transaction__kind="restore",
        transaction__order_id__in=list(event_of),
        lot__source_kind="order",
        amount_minor__gt=0,
    ).values_list("transaction__order_id", "lot__source_ref", "account__programme")
    found = sorted(set(rows))
    facts = order_owner({source for _, source, _ in found}) if found else {}
    for order, source, programme in found:
        fact = facts.get(source)
        if fact is not None and is_undone(fact):
            reason = FOR_REFUND if fact.cancelled_at is None else FOR_CANCEL
            key = f"unspent:{programme}:{source}:{event_of[order]}"
            _claw(source, programme, None, key, reason, now)


def _break_promises(facts: Mapping[str, OrderFact], now: datetime) -> None:
    """A welcome whose order went back waits for the next one; one query, and one where only a part
    was refunded."""
    kept = list(Promise.objects.filter(order_id__in=list(facts)).exclude(order_id=""))
    orders = {promise.order_id for promise in kept}
    gone = {order for order in orders if is_undone(facts[order])}
    if orders - gone:  # what was kept from a refund for bonus is no sale
        owed = Transaction.objects.filter(
            kind="claw_back", source_kind="order", source_ref__in=orders - gone
        ).order_by()
        gone |= {
            order
            for order, minor in owed.values_list("source_ref").annotate(Sum("owed_minor"))
            if 0 < facts[order].total_minor <= facts[order].refunded_minor + minor
        }
    kept = [promise for promise in kept if promise.order_id in gone]
    for promise in kept:
        key = f"cancel:promise:{promise.pk}:{promise.order_id}"
        _claw(promise.order_id, promise.programme, None, key, FOR_CANCEL, now, kind="promise")
        promise.order_id = ""
    Promise.objects.bulk_update(kept, ["order_id"])
