"""Parts of a subject that several kinds of condition ask for; each is one or two queries."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from clm_plugin.arrays import any_of
from clm_plugin.instants import instant, select
from clm_plugin.segments.data import Need, Part
from clm_plugin.segments.windows import start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Line(NamedTuple):
    """A product in an order that stands."""

    at: datetime
    product_id: str
    category_id: str
    quantity: int


class Happening(NamedTuple):
    """An event of a person; ``payload`` is empty where nothing asks for it."""

    at: datetime
    payload: Mapping[str, Any]


class TraitWord(NamedTuple):
    """The value of a trait: one of the three, and when it was told."""

    text: str | None
    number: float | None
    moment: datetime | None
    told_at: datetime


def _longest(needs: Iterable[Need]) -> int | None:
    """The longest window; None: ever."""
    days = [need.days for need in needs]
    return None if None in days else max(day for day in days if day is not None)


def _read_lines(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import ItemFact

    wanted = Q()
    for column in {need.key for need in needs}:
        keys = {key for need in needs if need.key == column for key in need.keys}
        wanted |= Q(**{f"{column}__in": sorted(keys)})
    rows = ItemFact.objects.filter(
        wanted,
        order__profile__in=ids,
        order__cancelled_at__isnull=True,
        order__placed_at__isnull=False,
        quantity__gt=0,
    )
    after = start(now, _longest(needs))
    if after is not None:
        rows = rows.filter(order__placed_at__gt=after)
    values: Iterable[Any] = rows.order_by("-order__placed_at").values_list(
        "order__profile", "order__placed_at", "product_id", "category_id", "quantity"
    )
    found: dict[int, list[Line]] = defaultdict(list)
    for profile_id, *line in values:
        found[profile_id].append(Line(*line))
    return found


LINES = Part("lines", _read_lines, ())
"""Lines bought of the products or categories in ``Need.keys`` (``Need.key``: the column), newest
first."""


def _read_views(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import ProductFact

    products = sorted({key for need in needs for key in need.keys})
    rows = ProductFact.objects.filter(
        profile__in=ids, product_id__in=products, last_viewed_at__isnull=False
    )
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    values: Iterable[Any] = rows.values_list("profile", "product_id", "last_viewed_at")
    for profile_id, product, at in values:
        found[profile_id][product] = at
    return found


VIEWS = Part("views", _read_views, {})
"""When each of the products in ``Need.keys`` was last viewed."""


def _read_traits(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import TraitValue

    rows = TraitValue.objects.filter(
        any_of("profile", ids), key__in=sorted({need.key for need in needs})
    )
    found: dict[int, dict[str, TraitWord]] = defaultdict(dict)
    values: Iterable[Any] = rows.values_list(
        "profile", "key", "text", "number", "moment", "told_at"
    )
    for profile_id, key, *word in values:
        found[profile_id][key] = TraitWord(*word)
    return found


TRAITS = Part("traits", _read_traits, {})
"""Traits by key."""


def _read_newest(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    """Of each type the newest that any condition counts to: what is older decides nothing."""
    most = max(need.newest or 1 for need in needs)
    rows = _events(ids, needs, now)
    if rows is None:
        return _of_types(ids, needs, {})
    names, events = rows
    # Numbered per name of a person and not per person, who is not in the log: a few more rows.
    numbered = events.annotate(
        place=Window(
            RowNumber(), partition_by=[F("actor"), F("type")], order_by=F("occurred_at").desc()
        )
    ).filter(place__lte=most)
    found: dict[tuple[int, str], list[Happening]] = defaultdict(list)
    for actor, type_, at in numbered.values_list("actor", "type", select("occurred_at")):
        found[names[actor], type_].append(Happening(instant(at), {}))
    return _of_types(ids, needs, found)


def _read_payloads(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    rows = _events(ids, needs, now)
    if rows is None:
        return _of_types(ids, needs, {})
    names, events = rows
    found: dict[tuple[int, str], list[Happening]] = defaultdict(list)
    for actor, type_, at, payload in events.values_list("actor", "type", "occurred_at", "payload"):
        found[names[actor], type_].append(Happening(at, payload))
    return _of_types(ids, needs, found)


def _events(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> Any:
    from clm_plugin.events.models import Event
    from clm_plugin.profiles.models import Identifier

    names = dict(Identifier.objects.filter(any_of("profile", ids)).values_list("actor", "profile"))
    if not names:
        return None
    wanted = Q()
    for type_ in sorted({need.key for need in needs}):
        after = start(now, _longest(need for need in needs if need.key == type_))
        wanted |= Q(type=type_) if after is None else Q(type=type_, occurred_at__gt=after)
    return names, Event.objects.filter(wanted, any_of("actor", names))


def _of_types(
    ids: Sequence[int], needs: Sequence[Need], found: Mapping[tuple[int, str], list[Happening]]
) -> dict[int, dict[str, list[Happening]]]:
    """Every type that was asked for is there, newest first: what was not read is a KeyError."""
    for happenings in found.values():
        happenings.sort(key=lambda one: one.at, reverse=True)
    types = {need.key for need in needs}
    return {pid: {type_: found.get((pid, type_), []) for type_ in types} for pid in ids}


EVENTS = Part("events", _read_newest, None)
"""The newest ``Need.newest`` events of the type ``Need.key`` in ``Need.days``."""
PAYLOADS = Part("payloads", _read_payloads, None)
"""All events of the type ``Need.key`` in ``Need.days``, with their payloads."""
