"""What is left of purged events: their sum, as the payload of one event. Pure.

The payload is the fold of the events itself, so folding it gives what folding them gave.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clm_plugin.profiles.sums import Trait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.events.api import Event
    from clm_plugin.profiles.sums import Fold


def summary_of(events: Sequence[Event]) -> dict[str, Any]:
    """The payload of ``history.summed`` for events of one actor (earlier sums among them)."""
    from clm_plugin.profiles.folding import fold

    result = fold(events, {event.actor: 0 for event in events})
    sums = result.sums[0]
    payload: dict[str, Any] = {
        "first_seen": sums.first_seen_at.isoformat(),
        "counts": dict(sums.counts),
        "products": {
            product: [views, last.isoformat()]
            for (_, product), (views, last) in result.products.items()
        },
        "categories": {category: views for (_, category), views in result.categories.items()},
        "channels": {
            name: [landing[0].isoformat(), landing[1]]
            for name, landing in (("first", sums.first_channel), ("last", sums.last_channel))
            if landing
        },
    }
    if sums.basket:
        at, id_, basket_id, items, minor = sums.basket
        payload["basket"] = {
            "at": at.isoformat(),
            "event": str(id_),
            "id": basket_id,
            "items": items,
            "minor": minor,
        }
    if result.traits[0]:
        payload["traits"] = {"told": _words(result.traits[0])}
    return payload


def _words(told: Sequence[Trait]) -> list[list[Any]]:
    """Each thing that was said, with the first and the last time it was said."""
    times: dict[tuple[bool, str, str], list[Trait]] = {}
    for trait in sorted(told, key=lambda each: each.at):
        key = (trait.strong, trait.source, json.dumps(trait.values, sort_keys=True))
        times.setdefault(key, []).append(trait)
    return [
        [each.at.isoformat(), each.strong, each.source, each.values]
        for said in times.values()
        for each in ({id(said[0]): said[0], id(said[-1]): said[-1]}).values()
    ]


def add_summary(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    """Fold a sum like the events that it stands for."""
    if profile_id is None:
        return
    sums = result.sums[profile_id]
    sums.first_seen_at = min(sums.first_seen_at, datetime.fromisoformat(data["first_seen"]))
    for name, count in data.get("counts", {}).items():
        sums.counts[name] += count
    for product, (views, last) in data.get("products", {}).items():
        had, seen = result.products.get((profile_id, product), (0, None))
        at = datetime.fromisoformat(last)
        result.products[profile_id, product] = (had + views, max(at, seen) if seen else at)
    for category, views in data.get("categories", {}).items():
        result.categories[profile_id, category] += views
    channels = data.get("channels", {})
    if "first" in channels:
        landing = (datetime.fromisoformat(channels["first"][0]), channels["first"][1])
        if sums.first_channel is None or landing < sums.first_channel:
            sums.first_channel = landing
    if "last" in channels:
        landing = (datetime.fromisoformat(channels["last"][0]), channels["last"][1])
        if sums.last_channel is None or landing > sums.last_channel:
            sums.last_channel = landing
    for at, strong, source, values in data.get("traits", {}).get("told", ()):
        word = Trait(datetime.fromisoformat(at), strong, source, values)
        result.traits[profile_id].append(word)
    if basket := data.get("basket"):
        state = (
            datetime.fromisoformat(basket["at"]),
            UUID(basket["event"]),
            basket["id"],
            basket["items"],
            basket["minor"],
        )
        if sums.basket is None or state[:2] > sums.basket[:2]:
            sums.basket = state
