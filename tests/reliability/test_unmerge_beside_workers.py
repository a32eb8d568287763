"""A merge undone while a worker is in the middle of an event of the same person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from clm_plugin import merges, pipeline
from clm_plugin.models import Facts, MergeRecord, QueuedEvent
from clm_plugin.profiles import api as profiles
from tests.factories import NOW, days, new, store, viewed
from tests.reliability.meeting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.crew import Crew

pytestmark = pytest.mark.django_db(transaction=True)


def joined() -> MergeRecord:
    store(viewed("visitor:a", "1", NOW), at=NOW)
    store(new("customer.registered", "customer:1", NOW - days(1)), at=NOW)
    pipeline.drain(now=NOW)
    store(new("customer.logged_in", "customer:1", NOW, links=("visitor:a",)))
    pipeline.drain(now=NOW)
    return MergeRecord.objects.get()


def views() -> dict[str, int]:
    pipeline.drain(now=NOW)
    assert not QueuedEvent.objects.exists()
    counted = dict(Facts.objects.values_list("profile_id", "product_views"))
    owners = {name: profiles.profile_id_of(name) or 0 for name in ("visitor:a", "customer:1")}
    return {name: counted.get(pid, 0) for name, pid in owners.items()}


def test_what_a_worker_has_in_hand_goes_to_whom_it_belongs(crew: Crew, tmp_path: Path) -> None:
    record = joined()
    store(viewed("visitor:a", "2", NOW))
    crew.start("slow_batch", now=NOW.isoformat(), place=str(tmp_path))
    wait_for(str(tmp_path), 1)
    merges.unmerge(record.pk, now=NOW)
    assert set(crew.wait().values()) == {0}
    assert views() == {"visitor:a": 2, "customer:1": 0}


def undo_first(crew: Crew, place: Path) -> None:
    """A worker comes to a view of hers before the undo is committed."""
    record = joined()
    store(viewed("visitor:a", "2", NOW))
    with transaction.atomic():
        merges.unmerge(record.pk, now=NOW)
        crew.start("slow_batch", now=NOW.isoformat(), place=str(place))
        time.sleep(2.5)  # it waits for what this transaction holds, and cannot tell us so
    assert set(crew.wait().values()) == {0}


def test_a_worker_that_comes_meanwhile_sees_two_people(crew: Crew, tmp_path: Path) -> None:
    undo_first(crew, tmp_path)
    assert views() == {"visitor:a": 2, "customer:1": 0}


def test_it_is_holding_the_queue_that_does_it(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the check: a worker that looked before counts for who it saw."""
    monkeypatch.setattr(merges, "hold_queue", lambda: None)
    undo_first(crew, tmp_path)
    assert views() != {"visitor:a": 2, "customer:1": 0}
