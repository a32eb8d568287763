"""The account page: what somebody holds by currency, what happened to it, how to earn more.

Queries: two for balances, one each for lots, history and programmes, and one for the addresses of
orders; as many more as the shop needs to name what programmes leave out, kept for a minute.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.formats import date_format

from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop, price
from clm_plugin.statements.data import LotWords, Purse, Statement, Terms, Way
from clm_plugin.statements.days import moment, until, zone_of
from clm_plugin.statements.explaining import earn_sentences, earn_small_print, spend_sentences
from clm_plugin.statements.movements import line_of, order_of, source_words
from clm_plugin.statements.naming import names_of
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.statements.data import Line
    from clm_plugin.wallet.api import Balance, Lot, Movement
    from clm_plugin.wallet.plan import Programme

    Plans = Mapping[str, Programme]

PAGE = 20
"""Lines of history on a page."""
MOST_LOTS = 50
"""Lots of one currency on the page, soonest expiry first."""


def statement(
    profile_id: int | None, *, customer_id: str = "", now: datetime, before: int | None = None
) -> Statement:
    """Somebody's page; ``before`` is ``older`` of the page before, and then there is only history.
    ``profile_id`` None: only how to earn."""
    plans = wallet.live_programmes().plans
    ways = _ways(plans, now)
    if profile_id is None:
        return Statement(ways=ways)
    movements = wallet.history(profile_id, before=before, limit=PAGE + 1)
    movements, older = _page(movements)
    return Statement(
        purses=_purses(profile_id, plans, now) if before is None else (),
        history=_lines(movements, plans, customer_id),
        older=older,
        ways=ways,
        zone=", ".join(dict.fromkeys(zone_of(plan).key for plan in plans.values())),
    )


def whole_history(profile_id: int) -> Iterator[Line]:
    """All of somebody's history, newest first, in bounded steps."""
    plans = wallet.live_programmes().plans
    before: int | None = None
    while True:
        found = wallet.history(profile_id, before=before, limit=500)
        found, before = _page(found, 499)
        yield from _lines(found, plans, "")
        if before is None:
            return


def _page(found: list[Movement], size: int = PAGE) -> tuple[list[Movement], int | None]:
    """A page and where the next begins. Movements of one transaction stay together."""
    if len(found) <= size:
        return found, None
    kept = found[:size]
    last = found[size].transaction_id
    whole = [each for each in kept if each.transaction_id != last]
    # One transaction that fills a page by itself is cut: it has more programmes than a page lines.
    kept = whole or kept
    return kept, kept[-1].transaction_id


def _lines(movements: Sequence[Movement], plans: Plans, customer_id: str) -> tuple[Line, ...]:
    orders = {order_of(each) for each in movements} - {""}
    known = get_shop().order_urls(orders, customer_id=customer_id) if customer_id and orders else {}
    return tuple(line_of(each, plans.get(each.programme), known) for each in movements)


def _purses(profile_id: int, plans: Plans, now: datetime) -> tuple[Purse, ...]:
    lots: dict[str, list[Lot]] = defaultdict(list)
    for lot in wallet.lots(profile_id, now=now):
        lots[lot.currency].append(lot)
    return tuple(
        _purse(each, lots[each.currency], plans, now)
        for each in wallet.balances(profile_id, now=now)
    )


def _purse(balance: Balance, lots: list[Lot], plans: Plans, now: datetime) -> Purse:
    def words(minor: int) -> str:
        return price(Money(minor, balance.currency)) if minor else ""

    def zone(at: datetime | None, *, opens: bool = False) -> str:
        """The end or the beginning of the lot that it is of, by its own programme's clock."""
        if at is None:
            return ""
        lot = next(lot for lot in lots if at == (lot.opens_at if opens else lot.expires_at))
        its = zone_of(plans.get(lot.programme))
        return moment(at, its) if opens else until(at, its)

    keys = dict.fromkeys(lot.programme for lot in lots)
    return Purse(
        currency=balance.currency,
        available=price(Money(balance.available_minor, balance.currency)),
        available_minor=balance.available_minor,
        pending=words(balance.pending_minor),
        next_opening=words(balance.next_opening_minor)
        if balance.next_opening_minor < balance.pending_minor
        else "",
        opens=zone(balance.next_opening_at, opens=True),
        held=words(balance.held_minor),
        debt=words(balance.debt_minor),
        next_expiry=words(balance.next_expiry_minor)
        if balance.next_expiry_minor < balance.available_minor
        else "",
        next_until=zone(balance.next_expiry_at),
        lots=tuple(lot_words(lot, plans.get(lot.programme), now) for lot in lots[:MOST_LOTS]),
        more=max(len(lots) - MOST_LOTS, 0),
        terms=tuple(
            Terms(
                programme=plans[key].name if key in plans else key,
                sentences=spend_sentences(plans.get(key), names_of),
            )
            for key in keys
        ),
    )


def lot_words(lot: Lot, plan: Programme | None, now: datetime) -> LotWords:
    """A lot as she reads it."""
    zone = zone_of(plan)
    return LotWords(
        amount=price(Money(lot.remaining_minor, lot.currency)),
        programme=plan.name if plan else lot.programme,
        source=source_words(lot.source, lot.reason),
        opens=moment(lot.opens_at, zone) if lot.is_pending(now) else "",
        since=date_format(lot.opens_at.astimezone(zone).date()),
        until="" if lot.expires_at is None else until(lot.expires_at, zone),
        held=price(Money(lot.held_minor, lot.currency)) if lot.held_minor else "",
        opens_at=lot.opens_at,
        expires_at=lot.expires_at,
    )


def _ways(plans: Plans, now: datetime) -> tuple[Way, ...]:
    """How to earn, of the programmes that are earned now."""
    return tuple(
        Way(
            programme=plan.name,
            earn=earn_sentences(plan, names_of),
            small_print=earn_small_print(plan, names_of, now=now),
        )
        for plan in plans.values()
        if plan.earn and plan.earns_at(now)
    )
