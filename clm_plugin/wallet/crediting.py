"""The step ``earn`` of the pipeline: what events earn, and what cancellations and refunds undo.

Live events only: history that is read in earns nothing (reliability, case 54). Every effect has
a key, so that an event that is processed again changes nothing:

* ``earn:<programme>:<order>`` grants what an order earned;
* ``event:<programme>:<rule>:<whom or what>`` a fixed amount for an event (``rewarding``);
* ``claw:<programme>:<refund id>`` takes back a refund's share of what the order earned,
  ``late:<programme>:<order>`` that of refunds that were heard of before the order was, and
  ``cancel:<programme>:<order>`` all that is left of it (``returning``);
* ``refund:<refund id>`` restores what the order spent, where the refund went to store credit. The
  shop's refund does this itself, in its own transaction; the step then finds it done. One that
  was made past it (a payment transaction saved by hand) is restored here, under the same key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.permissions import gettext_noop as _
from clm_plugin.profiles.api import order_owner
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.wallet.awarding import after, award, known_keys
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.earned_so_far import so_far
from clm_plugin.wallet.earning import earned, no_boost
from clm_plugin.wallet.programmes import live_programmes
from clm_plugin.wallet.purchase import PricedLine, Purchase
from clm_plugin.wallet.returning import (
    BACK,
    is_undone,
    refunds_in,
    take_back_all,
    take_back_late,
)
from clm_plugin.wallet.rewarding import REWARDED, keep_promises, reward

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.events.api import Event
    from clm_plugin.profiles.models import OrderFact
    from clm_plugin.shop.api import Product
    from clm_plugin.wallet.earning import Boost
    from clm_plugin.wallet.plan import Programme

FOR_ORDER = _("For an order")
_PLACED = "order.placed"
RELEVANT = frozenset({_PLACED}) | REWARDED | BACK


Boosts = dict[tuple[str, str], int]
"""Per cent of the usual, by order and programme."""


def boosts_before(
    events: Sequence[Event], profile_of: Mapping[str, int], *, boost: Boost
) -> Boosts:
    """What ``boost`` says of orders before they are folded into what is known of who placed them.

    An offer for a first order, or for a stage that the order ends, was promised to her on the
    basket page; asked later, it would not be for her any more. Of two orders of one person in a
    batch the second is left out: it is asked for when the first is known.
    """
    placed = [e for e in events if e.is_live and e.type == _PLACED and profile_of.get(e.actor)]
    if not placed:
        return {}
    plans = [plan for plan in live_programmes().plans.values() if plan.order_rules]
    first: dict[int, Event] = {}
    for event in placed:
        first.setdefault(profile_of[event.actor], event)
    return {
        (event.payload["order_id"], plan.key): boost(pid, plan.key, event.occurred_at)
        for pid, event in first.items()
        for plan in plans
        if not plan.withdrawn
    }


def earn(
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
    boost: Boost = no_boost,
    before: Mapping[tuple[str, str], int] | None = None,
) -> None:
    """Grant what a batch of events earns, and take back what others undo.

    ``boost``: how many per cent of the usual somebody earns of a programme at a moment (offers of
    her own, which are a floor above); ``before``: the same, as ``boosts_before`` asked for it.

    No query for a batch without such events, one where nothing is published and nothing undone;
    else a fixed number of reads for the batch, and the ledger's own for each grant.
    """
    mine = [event for event in events if event.is_live and event.type in RELEVANT]
    if not mine:
        return
    plans = [plan for plan in live_programmes().plans.values() if not plan.withdrawn]
    placed = [e for e in mine if e.type == _PLACED and profile_of.get(e.actor)]
    undone = [event for event in mine if event.type in BACK]
    facts = order_owner(event.payload["order_id"] for event in placed) if plans and placed else {}
    # One that is undone already, as far as we heard, earns nothing any more.
    placed = [e for e in placed if not is_undone(facts.get(e.payload["order_id"]))]
    if plans and placed:
        given = _earn_by_orders(plans, placed, profile_of, now, boost, before or {})
        _less_refunded(given, undone, facts, now)
        keep_promises(plans, placed, profile_of, now=now)
    rewarded = [event for event in mine if event.type in REWARDED and profile_of.get(event.actor)]
    if plans and rewarded:
        reward(plans, rewarded, profile_of, now=now)
    if undone:
        take_back_all(undone, now=now)


def _earn_by_orders(
    plans: Sequence[Programme],
    placed: Sequence[Event],
    profile_of: Mapping[str, int],
    now: datetime,
    boost: Boost,
    before: Mapping[tuple[str, str], int],
) -> list[tuple[str, str, int]]:
    """Grant what orders earn; returns (order, programme, minor units) of what was granted now."""
    earning = [plan for plan in plans if plan.order_rules]
    if not earning:
        return []
    known = known_keys(
        earn_key(plan.key, event.payload["order_id"]) for plan in earning for event in placed
    )
    sums = so_far(earning, {profile_of[event.actor] for event in placed}, now=now)
    products = _products(earning, placed)
    given = []
    for event in placed:
        order, pid = event.payload["order_id"], profile_of[event.actor]
        purchase = purchase_in(event, products)
        for plan in earning:
            key = earn_key(plan.key, order)
            if key in known:
                continue
            had = sums[pid, plan.key]
            at = event.occurred_at
            percent = before.get((order, plan.key)) or boost(pid, plan.key, at)
            found = earned(plan, purchase, had, at=at, boost_percent=percent)
            source = Source("order", order)
            if award(
                plan, pid, found.amount_minor, at=at, key=key, source=source,
                reason=FOR_ORDER, now=now,
            ):  # fmt: skip
                sums[pid, plan.key] = after(had, found.amount_minor)
                given.append((order, plan.key, found.amount_minor))
    return given


def _less_refunded(
    given: Sequence[tuple[str, str, int]],
    undone: Sequence[Event],
    facts: Mapping[str, OrderFact],
    now: datetime,
) -> None:
    """Take back the share of refunds that were heard of before their order: ``order_placed`` can be
    lost, and the reconciler finds the order later. No query for orders without refunds."""
    for order, programme, minor in given:
        fact = facts.get(order)
        early = 0 if fact is None else fact.refunded_minor - refunds_in(undone, order)
        if fact is not None and early > 0:
            take_back_late(order, programme, minor, total=fact.total_minor, before=early, now=now)


def earn_key(programme: str, order_id: str) -> str:
    return f"earn:{programme}:{order_id}"


def _products(plans: Sequence[Programme], placed: Sequence[Event]) -> Mapping[str, Product]:
    """Parents and all categories of what was bought, where a rule chooses by them; one shop call.

    The event knows one category a line. A shop that does not answer leaves it at that.
    """
    choices = [plan.earn_exclusions.choice for plan in plans]
    choices += [each.choice for plan in plans for each in plan.multipliers]
    if not any(choice.products or choice.categories for choice in choices):
        return {}
    ids = {one for event in placed for one in event.payload.get("product_ids", ())}
    try:
        return get_shop().products(ids)
    except ShopError:
        return {}


def purchase_in(event: Event, products: Mapping[str, Product]) -> Purchase:
    """What an ``order.placed`` event says was bought."""
    data = event.payload
    count = len(data.get("product_ids", ()))

    def column(name: str) -> Sequence[int]:
        values: Sequence[int] = data.get(name, ())
        return values if len(values) == count else [0] * count

    lines = []
    names = ("taxes_minor", "discounts_minor", "discounted_quantities", "gift_cards")
    columns = (column(name) for name in names)
    for product, category, quantity, total, tax, discount, reduced, gift in zip(
        data.get("product_ids", ()),
        data.get("category_ids", ()),
        data.get("quantities", ()),
        data.get("totals_minor", ()),
        *columns,
        strict=False,
    ):
        known = products.get(product)
        lines.append(
            PricedLine(
                product_id=product,
                parent_id=known.parent_id if known else None,
                category_ids=(known.category_ids if known else ()) or (category,),
                quantity=quantity,
                total_minor=total,
                tax_minor=tax,
                discount_minor=discount,
                discounted_quantity=reduced or None,
                is_gift_card=bool(gift),
                title=known.title if known else "",
            )
        )
    return Purchase(
        currency=data["currency"],
        lines=tuple(lines),
        shipping_minor=data.get("shipping_minor", 0),
        shipping_tax_minor=data.get("shipping_tax_minor", 0),
        paid_by_credit_minor=data.get("credit_minor", 0),
        codes=tuple(data.get("codes", ())),
    )
