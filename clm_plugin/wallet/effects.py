"""What a programme would have done to the orders of the last weeks: shown before it is published.

The orders are those of the facts: products, categories and totals. Tax, gift cards and discounts of
single lines are not kept there, so a programme that leaves those out earns a little less in truth.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from clm_plugin.events.api import count_events
from clm_plugin.profiles.api import live_life_events, order_facts
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.wallet.describing import Names, choices_of
from clm_plugin.wallet.earning import SoFar, earned, taken_back
from clm_plugin.wallet.models import Account
from clm_plugin.wallet.purchase import PricedLine, Purchase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.shop.api import Product
    from clm_plugin.wallet.plan import Programme

EFFECT_DAYS = 90
MOST_ORDERS = 20_000
"""Orders that are looked at; of more than these, the latest."""
_MOST_EVENTS = 100_000
_LIFE = "life_event.declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An order of the past."""

    profile_id: int | None
    at: datetime
    purchase: Purchase
    total_minor: int
    refunded_minor: int


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one version of a programme would have done. ``weeks``: issued in each, oldest first."""

    orders: int = 0
    earning: int = 0
    issued_minor: int = 0
    back_minor: int = 0
    """Of what was issued, what the refunds of these orders would have taken back."""
    rewards_minor: int = 0
    """For events; more than would have been issued where people are rewarded once only."""
    weeks: list[int] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """How many orders had something left out, or a cap bite, by its code."""
    worst_minor: int | None = None
    """The most that could be outstanding if nobody spent any; None: it never expires."""

    @property
    def all_minor(self) -> int:
        return self.issued_minor + self.rewards_minor

    @property
    def per_week_minor(self) -> int:
        return round(self.all_minor * 7 / EFFECT_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The draft against the live version, and what is outstanding of the programme now."""

    since: datetime
    draft: Outcome
    live: Outcome | None
    outstanding_minor: int
    is_cut: bool
    """There were more orders than are looked at."""


def effects(draft: Programme, live: Programme | None, *, now: datetime) -> Effects:
    """What publishing the draft would change, by the orders of the last 90 days.

    One query for the orders, one shop call where rules choose by product or category, one count
    for each kind of event that is rewarded.
    """
    since = now - timedelta(days=EFFECT_DAYS)
    same = live is not None and live.currency == draft.currency
    plans = [draft, live] if same and live is not None else [draft]
    past = past_orders(draft.currency, plans, since=since, now=now)
    return Effects(
        since=since,
        draft=_outcome(draft, past, since, now),
        live=_outcome(live, past, since, now) if same and live is not None else None,
        outstanding_minor=outstanding(draft.key),
        is_cut=len(past) >= MOST_ORDERS,
    )


def outstanding(programme: str) -> int:
    """What customers hold of a programme now; one query."""
    rows = Account.objects.filter(programme=programme, purpose="customer")
    return rows.aggregate(total=Sum("balance_minor"))["total"] or 0


def past_orders(
    currency: str, plans: Sequence[Programme], *, since: datetime, now: datetime
) -> list[Past]:
    """The latest orders of a currency that were not cancelled, oldest first."""
    rows = (
        order_facts()
        .filter(
            placed_at__gte=since, placed_at__lte=now, currency=currency, cancelled_at__isnull=True
        )
        .order_by("-placed_at", "order_id")
    )
    orders = rows[:MOST_ORDERS].values_list(
        "order_id", "profile_id", "placed_at", "total_minor", "refunded_minor"
    )
    found = {order_id: (pid, at, total, back) for order_id, pid, at, total, back in orders}
    if not found:
        return []
    oldest = min(at for _, at, _, _ in found.values() if at is not None)
    lines: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    items = rows.filter(placed_at__gte=oldest, lines__isnull=False).values_list(
        "order_id", "lines__product_id", "lines__category_id", "lines__quantity",
        "lines__total_minor",
    )  # fmt: skip
    for order_id, product, category, quantity, total in items.iterator(chunk_size=10_000):
        lines[order_id].append((product, category, quantity, total))
    known = _products(plans, {line[0] for its in lines.values() for line in its})
    return [
        Past(
            profile_id=pid,
            at=at,
            purchase=Purchase(
                currency=currency,
                lines=tuple(_line(line, known) for line in lines[order_id]),
            ),
            total_minor=total,
            refunded_minor=refunded,
        )
        for order_id, (pid, at, total, refunded) in reversed(found.items())
        if at is not None
    ]


def _line(line: tuple[str, str, int, int], known: Mapping[str, Product]) -> PricedLine:
    product, category, quantity, total = line
    shown = known.get(product)
    return PricedLine(
        product_id=product,
        parent_id=shown.parent_id if shown else None,
        category_ids=(shown.category_ids if shown else ()) or (category,),
        quantity=quantity,
        total_minor=max(total, 0),
        title=shown.title if shown else "",
    )


def _products(plans: Iterable[Programme], ids: Collection[str]) -> Mapping[str, Product]:
    products, categories = choices_of(plans)
    if not products and not categories:
        return {}
    try:
        return get_shop().products(ids)
    except ShopError:
        return {}


def names_for(plans: Iterable[Programme]) -> Names:
    """Titles of the products and categories that programmes name; at most two shop calls."""
    products, categories = choices_of(plans)
    try:
        shop = get_shop()
        return Names(
            products={one: p.title for one, p in shop.products(products).items()}
            if products
            else {},
            categories={one: c.name for one, c in shop.categories().items()} if categories else {},
        )
    except ShopError:
        return Names()


def _outcome(plan: Programme, past: Sequence[Past], since: datetime, now: datetime) -> Outcome:
    """The version as it stands, its windows left open: they say when, and this says what."""
    always = replace(
        plan, earn_from=None, earn_until=None, redeem_from=None, redeem_until=None, withdrawn=False
    )
    found = Outcome(orders=len(past), weeks=[0] * -(-EFFECT_DAYS // 7))
    had: dict[int | None, deque[tuple[datetime, int]]] = defaultdict(deque)
    for order in past:
        given = earned(
            always,
            order.purchase,
            _so_far(always, had[order.profile_id], order.at, found),
            at=order.at,
        )
        found.left_out.update({out.code for out in (*given.left_out, *given.capped)})
        if not given.amount_minor:
            continue
        found.earning += 1
        found.issued_minor += given.amount_minor
        found.back_minor += (
            taken_back(
                given.amount_minor, total=order.total_minor, before=0, refund=order.refunded_minor
            )
            if order.refunded_minor
            else 0
        )
        found.weeks[(order.at - since).days // 7] += given.amount_minor
        had[order.profile_id].append((order.at, given.amount_minor))
    found.rewards_minor = _rewards(plan, since, now)
    found.worst_minor = _worst(plan, found)
    return found


def _so_far(
    plan: Programme, had: deque[tuple[datetime, int]], at: datetime, found: Outcome
) -> SoFar:
    begin = at - timedelta(days=plan.caps.period_days)
    left = None if plan.budget_minor is None else max(plan.budget_minor - found.issued_minor, 0)
    if plan.caps.period_minor is None and plan.caps.customer_minor is None:
        return SoFar(budget_left_minor=left)
    return SoFar(
        period_minor=sum(minor for when, minor in had if when > begin),
        customer_minor=sum(minor for _, minor in had),
        budget_left_minor=left,
    )


def _rewards(plan: Programme, since: datetime, now: datetime) -> int:
    total = 0
    for rule in plan.event_rules:
        if rule.event == _LIFE and rule.about:
            people = live_life_events(now).filter(kind=rule.about).count()
            total += rule.amount_minor * people * EFFECT_DAYS // 365
        else:
            times = count_events(_MOST_EVENTS, type=rule.event, occurred_at__gte=since)
            total += rule.amount_minor * times
    return total


def _worst(plan: Programme, found: Outcome) -> int | None:
    """All that is issued while the first of it is still good."""
    if plan.expiry.kind == "days":
        lives = plan.pending_days + plan.expiry.days
    elif plan.redeem_until is not None and plan.earn_until is not None:
        start = plan.earn_from or plan.earn_until - timedelta(days=EFFECT_DAYS)
        lives = max((plan.earn_until - start).days, 1)  # all that is earned is good at the end
    elif plan.budget_minor is not None:
        return plan.budget_minor
    else:
        return None
    worst = found.all_minor * lives // EFFECT_DAYS
    return worst if plan.budget_minor is None else min(worst, plan.budget_minor)
