"""Baskets that are told piece by piece, worked out from all pieces in the order they happened.

A basket is its last whole telling (``Cart Viewed``, ``Checkout Started`` with products, an order,
which empties it) and what was put in and taken out since. Pieces are kept by message id, so a
replay changes nothing, and are put in order by their own times, so it does not matter in which
order they come: the last event told is always of the basket as all of them make it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction

from clm_plugin.adapters.segment.models import Cart
from clm_plugin.money import MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clm_plugin.adapters.segment.messages import Change
    from clm_plugin.events.api import NewEvent

MAX_PIECES = 300
"""Changes of one basket that are told apart; older ones are then taken as one whole telling."""
MAX_LINES = 500

Lines = dict[str, tuple[int, int, str]]
# When, by which message; whether whole; the lines as in Piece; currency.
Told = tuple[str, str, bool, Lines, str]


def events_of(changes: Sequence[Change]) -> list[list[NewEvent]]:
    """The baskets that these changes make, as events, a list for each change.

    Needs a transaction. Three queries, or none. A piece that comes late has its own event of then,
    and the basket of now is told again.
    """
    told: list[list[NewEvent]] = [[] for _ in changes]
    by_cart: dict[str, list[tuple[int, Change]]] = defaultdict(list)
    for index, change in enumerate(changes):
        by_cart[change.piece.cart_id].append((index, change))
    if not by_cart:
        return told
    carts = _hold(by_cart)
    for cart_id, mine in by_cart.items():
        for index, event in _update(carts[cart_id], mine):
            told[index].append(event)
    Cart.objects.bulk_update(carts.values(), ["actor", "pieces", "changed_at"])
    return told


def _hold(by_cart: dict[str, list[tuple[int, Change]]]) -> dict[str, Cart]:
    """The rows of these baskets, kept to this transaction; new ones are made first."""
    with transaction.atomic():
        Cart.objects.bulk_create(
            [
                Cart(cart_id=cart_id, actor=change.actor, changed_at=change.at)
                for cart_id, ((_, change), *_) in sorted(by_cart.items())
            ],
            ignore_conflicts=True,
        )
    rows = Cart.objects.select_for_update().filter(cart_id__in=by_cart).order_by("cart_id")
    return {row.cart_id: row for row in rows}


def _update(cart: Cart, told: Iterable[tuple[int, Change]]) -> list[tuple[int, NewEvent]]:
    """Take changes into a basket; returns the events of those that were new, by their index."""
    pieces = _known(cart.pieces)
    fresh = _fresh({piece[1] for piece in pieces}, told)
    start = _last_whole(pieces)
    fresh = [each for each in fresh if start is None or _place(each[0]) > _place(start)]
    if not fresh:
        return []
    fresh.sort(key=lambda each: _place(each[0]))
    pieces = sorted([*pieces, *(piece for piece, _, _ in fresh)], key=_place)
    events = [
        (index, _event(change.template, [p for p in pieces if _place(p) <= _place(piece)]))
        for piece, index, change in fresh
        if not change.piece.silent
    ]
    newest, (last, index, change) = pieces[-1], fresh[-1]
    if newest is not last:
        events.append((index, _corrected(change, pieces)))
    cart.pieces = _kept(pieces)
    cart.actor = change.actor
    cart.changed_at = max(cart.changed_at, datetime.fromisoformat(newest[0]))
    return events


def _fresh(seen: set[str], told: Iterable[tuple[int, Change]]) -> list[tuple[Told, int, Change]]:
    """The changes of which nobody told yet, each once."""
    fresh = []
    for index, change in told:
        piece = _told(change)
        if piece[1] not in seen:
            seen.add(piece[1])
            fresh.append((piece, index, change))
    return fresh


def _place(piece: Told) -> tuple[str, int, str]:
    """Where a piece stands; at the same instant contents come first and what empties it last."""
    at, message_id, whole, lines, _ = piece
    return at, (0 if lines else 2) if whole else 1, message_id


def _told(change: Change) -> Told:
    at = change.at.astimezone(UTC).isoformat(timespec="microseconds")
    piece = change.piece
    return at, change.message_id or uuid4().hex, piece.whole, dict(piece.lines), piece.currency


def _event(template: NewEvent, pieces: Sequence[Told]) -> NewEvent:
    return replace(template, payload={**template.payload, **contents(pieces)})


def _corrected(late: Change, pieces: Sequence[Told]) -> NewEvent:
    """The basket of now, told again because of a piece that came late."""
    template = late.template
    return replace(
        template,
        occurred_at=datetime.fromisoformat(pieces[-1][0]),
        key=f"{template.key}:again" if template.key else "",
        raw=None,
        payload={**template.payload, **contents(pieces)},
    )


def contents(pieces: Sequence[Told]) -> dict[str, Any]:
    """What is in the basket after these pieces, which are in order. Pure."""
    start = _last_whole(pieces)
    quantities: dict[str, int] = {}
    prices: dict[str, int] = {}
    categories: dict[str, str] = {}
    currency = ""
    for piece in pieces:
        _, _, whole, lines, told_currency = piece
        if start is not None and _place(piece) < _place(start):
            continue
        currency = told_currency or currency
        for product, (quantity, each, category) in lines.items():
            quantities[product] = (0 if whole else quantities.get(product, 0)) + quantity
            prices[product] = each or prices.get(product, 0)
            categories[product] = category or categories.get(product, "")
    # Counted through and cut at nothing in the end: taking out may be told before putting in.
    left = {product: number for product, number in quantities.items() if number > 0}
    left = dict(sorted(left.items())[:MAX_LINES])
    total = sum(number * prices[product] for product, number in left.items())
    return {
        "product_ids": list(left),
        "category_ids": [categories[product] for product in left],
        "quantities": list(left.values()),
        "total_minor": min(total, MAX_MINOR),
        "currency": currency if left else "",
    }


def _last_whole(pieces: Iterable[Told]) -> Told | None:
    return max((piece for piece in pieces if piece[2]), key=_place, default=None)


def _kept(pieces: Sequence[Told]) -> dict[str, Any]:
    """The pieces that still count, as JSON."""
    start = _last_whole(pieces)
    counting = [p for p in pieces if start is None or _place(p) >= _place(start)]
    if len(counting) > MAX_PIECES:
        older, counting = counting[:-MAX_PIECES], counting[-MAX_PIECES:]
        counting.insert(0, _as_whole(older))
    return {p[1]: [p[0], p[2], {k: list(v) for k, v in p[3].items()}, p[4]] for p in counting}


def _as_whole(pieces: Sequence[Told]) -> Told:
    found = contents(pieces)
    prices = {product: each for p in pieces for product, (_, each, _) in p[3].items() if each}
    lines: Lines = {
        product: (quantity, prices.get(product, 0), category)
        for product, quantity, category in zip(
            found["product_ids"], found["quantities"], found["category_ids"], strict=True
        )
    }
    return pieces[-1][0], pieces[-1][1], True, lines, found["currency"]


def _known(pieces: dict[str, Any]) -> list[Told]:
    return [
        (at, message_id, whole, {k: (q, each, c) for k, (q, each, c) in lines.items()}, currency)
        for message_id, (at, whole, lines, currency) in pieces.items()
    ]
