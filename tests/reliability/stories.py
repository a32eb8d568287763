"""Lives of many shoppers, as a shop and its browsers would tell them; the same for one seed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.factories import NOW, basket, days, new, order, viewed

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.events.api import NewEvent


def lives(people: int, events: int, seed: int, *, named: bool = False) -> list[NewEvent]:
    """So many events of so many people, in the order in which they happened.

    A third are anonymous, a third customers on one or two devices that log in midway, a third
    customers who shop logged in. Everybody's visitor, customer and basket are names of their own,
    in different shards. ``named`` gives events the keys their source would give them every time.
    """
    chance = random.Random(seed)
    told: list[NewEvent] = []
    each = events // people
    for number in range(people):
        kind = ("anonymous", "devices", "account")[number % 3]
        times = sorted(chance.uniform(0, 20 * 86_400) for _ in range(each))
        at = [NOW - days(21) + timedelta(seconds=round(s, 3)) for s in times]
        told += _life(kind, number, at, chance)
    if named:
        told = [replace(event, key=f"{seed}:{n}") for n, event in enumerate(told)]
    return sorted(told, key=lambda event: event.occurred_at)


def _life(kind: str, n: int, at: list[datetime], chance: random.Random) -> list[NewEvent]:
    visitors = [f"visitor:v{n}"] + ([f"visitor:w{n}"] if kind == "devices" else [])
    customer = "" if kind == "anonymous" else f"customer:{n}"
    logged_in = kind == "account"
    known: set[str] = set()
    told: list[NewEvent] = []
    orders = 0
    for step, time in enumerate(at):
        device = chance.choice(visitors)
        if customer and (logged_in or step > len(at) // 3) and device not in known:
            known.add(device)
            links = () if kind == "account" else (device,)
            told.append(new("customer.logged_in", customer, time, links=links, email=f"{n}@x.org"))
            logged_in = True
            continue
        who = customer if logged_in else device
        links = (device,) if logged_in and kind == "devices" else ()
        dice = chance.random()
        if dice < 0.5:
            product = str(chance.randrange(20))
            told.append(viewed(who, product, time, links=links, category_ids=[product[0]]))
        elif dice < 0.75:
            named = (*links, f"basket:b{n}")
            told.append(basket(who, f"b{n}", time, chance.randrange(4), links=named))
        elif dice < 0.85:
            kinds = ("consent.given", "consent.withdrawn")
            told.append(new(chance.choice(kinds), who, time, links=links, purposes=["mail"]))
        elif dice < 0.95 or not orders:
            orders += 1
            named = (*links, f"basket:b{n}")
            told.append(order(who, f"{n}-{orders}", time, 1000 + step, links=named))
        else:
            told.append(_refund(f"{n}-{chance.randint(1, orders)}", time))
    return told


def _refund(order_id: str, time: datetime) -> NewEvent:
    """A guest's refund is about nobody: only the order says whose it is."""
    return new(
        "order.refunded",
        "",
        time,
        order_id=order_id,
        refund_id=f"r{time.timestamp()}",
        amount_minor=100,
        currency="GBP",
    )
