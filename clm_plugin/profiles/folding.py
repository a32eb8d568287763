"""The fold: what a batch of events adds up to, per profile. Pure.

Everything is a sum, a minimum, a maximum or a latest-wins value, so any order of the same events
gives the same result (reliability: "clocks do not matter").
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clm_plugin.profiles import hearing
from clm_plugin.profiles.summing import add_summary
from clm_plugin.profiles.sums import Fold, Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from clm_plugin.events.api import Event

# What the shop does to an order is no sign of life of its customer.
_BY_THE_SHOP = frozenset({"order.refunded", "order.cancelled", "order.status_changed"})
_GIVEN = ("credit.", "offer.")
_SEARCH = ("google.", "bing.", "duckduckgo.", "yahoo.", "ecosia.", "baidu.", "yandex.")
_SOCIAL = ("facebook.", "instagram.", "t.co", "tiktok.", "pinterest.", "youtube.", "linkedin.")


def fold(events: Iterable[Event], profile_of: Mapping[str, int]) -> Fold:
    """Fold events into sums. An event about nobody (stock, price) only passes through."""
    result = Fold()
    for event in events:
        profile_id = profile_of.get(event.actor)
        if profile_id is not None and not _is_ours(event.type):
            _seen(result, profile_id, event.occurred_at)
        handler = _HANDLERS.get(event.type)
        if handler is not None:
            handler(result, profile_id, event, event.payload)
    return result


def _is_ours(type_: str) -> bool:
    """Whether the shop or the passing of time did it, and not she."""
    return type_ in _BY_THE_SHOP or type_.startswith(_GIVEN)


def _seen(result: Fold, profile_id: int, at: datetime) -> None:
    sums = result.sums.get(profile_id)
    if sums is None:
        result.sums[profile_id] = Sums(at, at)
    elif at > sums.last_seen_at:
        sums.last_seen_at = at
    elif at < sums.first_seen_at:
        sums.first_seen_at = at


def channel_of(payload: Mapping[str, Any]) -> str:
    """The channel of a landing: UTM medium/source if given, else by the referrer's host."""
    source, medium = payload.get("source", ""), payload.get("medium", "")
    if source or medium:
        return f"{medium or 'referral'}/{source}"[:64].strip("/").lower()
    host = urlsplit(payload.get("referrer", "")).hostname or ""
    if not host:
        return "direct"
    dotted = f"{host.removeprefix('www.')}."
    if any(name in dotted for name in _SEARCH):
        return "organic-search"
    if any(dotted.startswith(name) or f".{name}" in dotted for name in _SOCIAL):
        return "social"
    return f"referral/{host}"[:64]


def _page(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is None:
        return
    sums = result.sums[profile_id]
    sums.counts["page_views"] += 1
    if data.get("session"):
        sums.counts["sessions"] += 1
        landing = (event.occurred_at, channel_of(data))
        if sums.first_channel is None or landing < sums.first_channel:
            sums.first_channel = landing
        if sums.last_channel is None or landing > sums.last_channel:
            sums.last_channel = landing


def _product(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is None:
        return
    result.sums[profile_id].counts["product_views"] += 1
    key = (profile_id, data["product_id"])
    views, last = result.products.get(key, (0, event.occurred_at))
    result.products[key] = (views + 1, max(last, event.occurred_at))
    for category in data.get("category_ids", ()):
        result.categories[profile_id, category] += 1


def _counter(name: str) -> Callable[[Fold, int | None, Event, dict[str, Any]], None]:
    def count(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
        if profile_id is not None:
            result.sums[profile_id].counts[name] += 1

    return count


_FIVE_STARS = 5


def _review(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is not None:
        counts = result.sums[profile_id].counts
        counts["reviews"] += 1
        counts["praises"] += data.get("score", 0) >= _FIVE_STARS


def _basket(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is None:
        return
    state = (
        event.occurred_at,
        event.id,
        data["basket_id"],
        sum(data.get("quantities", ())),
        data.get("total_minor", 0),
    )
    sums = result.sums[profile_id]
    if sums.basket is None or state[:2] > sums.basket[:2]:
        sums.basket = state


def _order(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    order = result.orders[data["order_id"]]
    order.profile_id, order.placed_at = profile_id, event.occurred_at
    order.currency, order.total_minor = data["currency"], data["total_minor"]
    lines = zip(
        data.get("product_ids", ()),
        data.get("category_ids", ()),
        data.get("quantities", ()),
        data.get("totals_minor", ()),
        data.get("costs_minor", ()),
        strict=False,
    )
    for product, category, quantity, total, cost in lines:
        order.items += quantity
        # A line of unknown cost adds no margin: what is not known is not claimed.
        order.margin_minor += total - cost if cost >= 0 else 0
        key = (data["order_id"], product)
        _, had, paid = result.items.get(key, ("", 0, 0))
        result.items[key] = (category, had + quantity, paid + total)
    if profile_id is None:
        return
    if data.get("basket_id"):
        sums = result.sums[profile_id]
        empty = (event.occurred_at, event.id, data["basket_id"], 0, 0)
        if sums.basket is None or empty[:2] > sums.basket[:2]:
            sums.basket = empty
    hearing.trait(result, profile_id, event, data, strong=False)


def _refund(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    result.orders[data["order_id"]].refunded_minor += data["amount_minor"]


def _cancel(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    order = result.orders[data["order_id"]]
    if order.cancelled_at is None or event.occurred_at < order.cancelled_at:
        order.cancelled_at = event.occurred_at


def _registered(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is None:
        return
    sums = result.sums[profile_id]
    if sums.registered_at is None or event.occurred_at < sums.registered_at:
        sums.registered_at = event.occurred_at
    hearing.account(result, profile_id, event, data)


_HANDLERS: dict[str, Callable[[Fold, int | None, Event, dict[str, Any]], None]] = {
    "page.viewed": _page,
    "product.viewed": _product,
    "search.made": _counter("searches"),
    "checkout.started": _counter("checkouts_started"),
    "review.added": _review,
    "basket.changed": _basket,
    "order.placed": _order,
    "order.refunded": _refund,
    "order.cancelled": _cancel,
    "customer.registered": _registered,
    "customer.logged_in": hearing.account,
    "profile.identified": hearing.identified,
    "survey.answered": hearing.answered,
    "contact.verified": hearing.proven,
    "life_event.declared": hearing.life(False),
    "life_event.withdrawn": hearing.life(True),
    "consent.given": hearing.consent(True),
    "consent.withdrawn": hearing.consent(False),
    "history.summed": add_summary,
}
