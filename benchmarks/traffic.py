"""Browser events as they come in: sessions of a few pages, as the beacon's view hands them on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from clm_plugin.events.api import NewEvent

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
_serial = count(1)


def browsing(number: int, *, visitors: int, seed: int) -> list[NewEvent]:
    """``number`` events of ``visitors`` people: page views, product views, dwell and searches.

    Every call gives new keys, so nothing is taken for a replay of an earlier call.
    """
    rng = random.Random(seed)
    people = [UUID(int=rng.getrandbits(128), version=4) for _ in range(visitors)]
    return [_event(rng, people, at) for at in _times(rng, number)]


def _times(rng: random.Random, number: int) -> Iterator[datetime]:
    at = START
    for _ in range(number):
        at += timedelta(milliseconds=rng.randrange(1, 400))
        yield at


def _event(rng: random.Random, people: list[UUID], at: datetime) -> NewEvent:
    actor = f"visitor:{rng.choice(people)}"
    product = str(rng.randrange(1, 400))
    path = f"/catalogue/a-product-with-a-usual-name_{product}/"
    kind = rng.random()
    payload: dict[str, object]
    if kind < 0.45:
        type_, payload = (
            "product.viewed",
            {
                "product_id": product,
                "category_ids": [str(rng.randrange(1, 9))],
            },
        )
    elif kind < 0.75:
        type_, payload = (
            "page.viewed",
            {
                "path": path,
                "referrer": "",
                "source": "",
                "medium": "",
                "campaign": "",
                "click": "",
                "session": rng.random() < 0.2,
            },
        )
    elif kind < 0.97:
        type_, payload = (
            "page.read",
            {
                "path": path,
                "seconds": rng.randrange(1, 300),
                "scroll": rng.randrange(0, 101),
            },
        )
    else:
        type_, payload = "search.made", {"query": f"paper lantern {product}"}
    return NewEvent(
        type=type_,
        actor=actor,
        payload=payload,
        occurred_at=at,
        source="browser",
        key=f"{actor}:{next(_serial):x}",
        object_id=product if type_ == "product.viewed" else "",
    )
