"""Subjects: people as conditions look at them, read in a bounded number of queries."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from clm_plugin.arrays import any_of
from clm_plugin.instants import instant, select
from clm_plugin.segments.data import Need, Part, Subject
from clm_plugin.segments.rules import needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from clm_plugin.segments.data import Condition, Group

CHUNK = 1_000
"""People read at once: what a list of ids in a statement carries without harm."""

_PROFILE = ("language", "country")
_FACTS = (
    "first_seen_at",
    "last_seen_at",
    "registered_at",
    "sessions",
    "page_views",
    "product_views",
    "basket_items",
    "basket_minor",
    "first_channel",
    "last_channel",
    "orders",
    "items_bought",
    "spend_minor",
    "margin_minor",
    "refunded_minor",
    "first_order_at",
    "last_order_at",
    "gap_days",
)
_STANDING = (
    ("stage", "stage"),
    ("since", "stage_since"),
    *((x, x) for x in ("advocate", "churn_risk")),
)
_COLUMNS = (
    *_PROFILE,
    *(f"facts__{name}" for name in _FACTS),
    *(f"standing__{column}" for column, _ in _STANDING),
)
_FIELDS = (*_PROFILE, *_FACTS, *(name for _, name in _STANDING))
_TIMES = frozenset({*(name for name in _FACTS if name.endswith("_at")), "stage_since"})


def read_subjects(
    profile_ids: Iterable[int], groups: Iterable[Group | Condition], now: datetime
) -> dict[int, Subject]:
    """The people by id, with all that these groups ask; merged and unknown ones are left out.

    A query for what everybody has and one or two for each part that is asked for, for every
    ``CHUNK`` people, however many groups.
    """
    by_part: dict[Part, list[Need]] = defaultdict(list)
    for need in needs(groups):
        by_part[need.part].append(need)
    found: dict[int, Subject] = {}
    for chunk in _chunks(profile_ids):
        subjects = _base(chunk)
        ids = list(subjects)
        for part, wanted in by_part.items() if ids else ():
            values = part.read(ids, wanted, now)
            for profile_id, subject in subjects.items():
                subject.parts[part.name] = values.get(profile_id, part.empty)
        found |= subjects
    return found


def _base(ids: list[int]) -> dict[int, Subject]:
    from clm_plugin.profiles.models import Profile

    rows = Profile.objects.filter(any_of("pk", ids), merged_into__isnull=True)
    columns = [
        select(column) if name in _TIMES else column
        for column, name in zip(_COLUMNS, _FIELDS, strict=True)
    ]
    return {
        profile_id: Subject(profile_id=profile_id, **_known(values))
        for profile_id, *values in rows.values_list("pk", *columns)
    }


def _known(values: list[Any]) -> dict[str, Any]:
    """Without a row of facts or a stage, a subject keeps its defaults: nothing happened yet."""
    return {
        name: instant(value) if name in _TIMES else value
        for name, value in zip(_FIELDS, values, strict=True)
        if value is not None
    }


def _chunks(profile_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = iter(dict.fromkeys(profile_ids))
    while chunk := list(islice(ids, CHUNK)):
        yield chunk
