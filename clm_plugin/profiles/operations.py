"""Writing facts: a folded batch into the tables, in a fixed number of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles import order_facts
from clm_plugin.profiles.data import Folded
from clm_plugin.profiles.folding import fold
from clm_plugin.profiles.life_events import write_life_events
from clm_plugin.profiles.models import CategoryFact, Consent, Facts, ProductFact
from clm_plugin.profiles.traits import write_traits
from clm_plugin.upsert import ADD, EARLIEST, LATEST, newer, older, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clm_plugin.events.api import Event
    from clm_plugin.profiles.sums import Fold, Sums

_COUNTS = (
    "sessions", "page_views", "product_views", "searches", "checkouts_started", "reviews",
    "praises",
)  # fmt: skip
_BASKET = ("basket_at", "basket_event", "basket_id", "basket_items", "basket_minor")
_ZEROS = (
    "orders",
    "items_bought",
    "spend_minor",
    "margin_minor",
    "refunded_minor",
    "main_category",
)
_COLUMNS = (
    "profile_id",
    "first_seen_at",
    "last_seen_at",
    "registered_at",
    *_COUNTS,
    *_BASKET,
    "first_channel_at",
    "first_channel",
    "last_channel_at",
    "last_channel",
    *_ZEROS,
)
_COMBINE = {
    "first_seen_at": EARLIEST,
    "last_seen_at": LATEST,
    "registered_at": EARLIEST,
    **dict.fromkeys(_COUNTS, ADD),
    **dict.fromkeys(_BASKET, newer("basket_at", "basket_event")),
    **dict.fromkeys(
        ("first_channel_at", "first_channel"), older("first_channel_at", "first_channel")
    ),
    **dict.fromkeys(("last_channel_at", "last_channel"), newer("last_channel_at", "last_channel")),
}
CONSENT_STATE = ("changed_at", "granted", "source", "text_version", "proof")
_EMPTY_BASKET = (None, None, "", 0, 0)


def fold_events(events: Sequence[Event], profile_of: Mapping[str, int]) -> Folded:
    """Fold a batch into facts. Runs in the pipeline's transaction; safe beside other workers."""
    result = fold(events, profile_of)
    upsert(
        Facts,
        _COLUMNS,
        [_facts_row(pid, sums) for pid, sums in sorted(result.sums.items())],
        key=("profile_id",),
        combine=_COMBINE,
    )
    _write_views(result)
    upsert(
        Consent,
        ("profile_id", "purpose", "channel", *CONSENT_STATE),
        [(*key, *answer) for key, answer in sorted(result.consents.items())],
        key=("profile_id", "purpose", "channel"),
        combine=dict.fromkeys(CONSENT_STATE, newer("changed_at", "purpose")),
    )
    write_traits(result.traits, result.proven)
    ordered = order_facts.write_orders(result.orders, result.items)
    write_life_events(result.life, ordered)
    return Folded(profiles=frozenset(result.sums) | ordered, orders=frozenset(result.orders))


def _facts_row(profile_id: int, sums: Sums) -> tuple[object, ...]:
    return (
        profile_id,
        sums.first_seen_at,
        sums.last_seen_at,
        sums.registered_at,
        *(sums.counts.get(name, 0) for name in _COUNTS),
        *(sums.basket or _EMPTY_BASKET),
        *(sums.first_channel or (None, "")),
        *(sums.last_channel or (None, "")),
        0,
        0,
        0,
        0,
        0,
        "",
    )


def combine_facts(facts: Facts, *, into: int) -> None:
    """Add the facts of a merged profile to those of the survivor (orders are summed elsewhere)."""
    columns = _COLUMNS[1 : -len(_ZEROS)]
    row = (into, *(getattr(facts, name) for name in columns), 0, 0, 0, 0, 0, "")
    upsert(Facts, _COLUMNS, [row], key=("profile_id",), combine=_COMBINE)


def _write_views(result: Fold) -> None:
    upsert(
        ProductFact,
        ("profile_id", "product_id", "views", "last_viewed_at"),
        [(*key, *seen) for key, seen in sorted(result.products.items())],
        key=("profile_id", "product_id"),
        combine={"views": ADD, "last_viewed_at": LATEST},
    )
    upsert(
        CategoryFact,
        ("profile_id", "category_id", "views", "quantity", "spend_minor"),
        [(*key, views, 0, 0) for key, views in sorted(result.categories.items())],
        key=("profile_id", "category_id"),
        combine={"views": ADD},
    )
