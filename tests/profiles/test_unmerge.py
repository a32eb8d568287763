"""An undone merge leaves two people as if they had never been joined."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from clm_plugin import merges, pipeline
from clm_plugin.attribution.api import Click, touch
from clm_plugin.events.api import uuid7
from clm_plugin.models import (
    Credit,
    Enrolment,
    Event,
    Identifier,
    KeptApart,
    LifeEventKind,
    MergeRecord,
    OrderFact,
    Profile,
    Receipt,
    StageChange,
    TraitDefinition,
)
from clm_plugin.profiles import api as profiles
from clm_plugin.rebuild import rebuild_facts
from tests.factories import NOW, new, order, viewed
from tests.profiles.histories import history, names_of, state, tell

if TYPE_CHECKING:
    from clm_plugin.events.api import NewEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _declared() -> None:
    TraitDefinition.objects.create(key="colour", label="Colour")
    TraitDefinition.objects.create(key="points", label="Points", kind="number", rule="largest")
    LifeEventKind.objects.create(key="birthday", label="Birthday", source="dated", yearly=True)
    LifeEventKind.objects.create(
        key="tea", label="Tea", source="inferred", category_id="10", at_least=2, within_days=30
    )


class _RolledBack(Exception):
    pass


def merged_and_undone(events: list[NewEvent], chance: random.Random) -> tuple[Any, int, Any]:
    """One of the merges of a history undone at its end: (state, its event, the two sides then)."""
    sides: dict[int, tuple[int, frozenset[str], frozenset[str]]] = {}
    before = 0
    for n, event in enumerate(events):
        owners = dict(Identifier.objects.values_list("actor", "profile_id"))
        tell(event)
        if MergeRecord.objects.count() > before:
            record = MergeRecord.objects.latest("pk")
            before += 1
            sides[record.pk] = (
                n,
                frozenset(a for a, pid in owners.items() if pid == record.survivor_id),
                frozenset(a for a, pid in owners.items() if pid == record.merged_id),
            )
    if not sides:
        return None, 0, None
    chosen = chance.choice(sorted(sides))
    merges.unmerge(chosen, now=NOW)
    n, one, other = sides[chosen]
    return state(), n, (one, other)


def never_merged(events: list[NewEvent], at: int, sides: Any) -> Any:
    """The same history, but somebody knew before the link that they are two people."""
    for n, event in enumerate(events):
        if n == at:
            ids = sorted(
                Identifier.objects.filter(actor__in=side).values_list("profile_id", flat=True)[0]
                for side in sides
            )
            KeptApart.objects.create(low_id=ids[0], high_id=ids[1], since=NOW)
        tell(event)
    return state()


@pytest.mark.parametrize("seed", range(25))
def test_merge_then_undo_is_as_if_never_merged(seed: int) -> None:
    """Of any merge, also when others came after it. Seeds are in the test's name."""
    events = history(random.Random(seed))
    kept: dict[str, Any] = {}
    with pytest.raises(_RolledBack), transaction.atomic():
        kept["undone"], at, sides = merged_and_undone(events, random.Random(seed))
        raise _RolledBack
    if sides is None:
        pytest.skip("nobody was merged in this history")
    expected = never_merged(events, at, sides)
    assert set(kept["undone"]) == set(expected)
    for names, known in expected.items():
        for part, value in known.items():
            assert kept["undone"][names][part] == value, (sorted(names), part)


@pytest.mark.parametrize("seed", range(8))
def test_a_rebuild_gives_what_was_live_after_merges_and_undos(seed: int) -> None:
    merged_and_undone(history(random.Random(100 + seed)), random.Random(seed))
    before = state()
    rebuild_facts(now=NOW)
    assert state() == before
