"""Storing: once per key, in the caller's transaction, in few statements."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clm_plugin.events import api as events
from clm_plugin.models import Event, EventKey, QueuedEvent
from tests.factories import NOW, basket, new, store, viewed

pytestmark = pytest.mark.django_db


def test_an_event_is_logged_keyed_and_queued() -> None:
    assert store(viewed("visitor:a", "7", links=("basket:1",)))
    row = Event.objects.get()
    assert (row.type, row.actor, row.payload) == (
        "product.viewed",
        "visitor:a",
        {"product_id": "7"},
    )
    assert row.links == ["basket:1"]
    assert row.received_at == NOW
    assert EventKey.objects.get().keep_until is not None
    assert QueuedEvent.objects.get().event_id == row.id


def test_a_replay_changes_nothing() -> None:
    event = basket("visitor:a", key="k1")
    assert store(event) == 1
    assert store(event, event) == 0
    assert Event.objects.count() == QueuedEvent.objects.count() == EventKey.objects.count() == 1


def test_keys_of_different_sources_do_not_meet() -> None:
    assert store(new("search.made", "visitor:a", query="x", key="1")) == 1
    assert store(new("search.made", "visitor:a", query="x", key="1", source="browser")) == 1


def test_a_batch_with_known_keys_stores_the_rest() -> None:
    store(viewed("visitor:a", key="k0"))
    batch = [viewed("visitor:a", key=f"k{i}") for i in range(100)]
    assert store(*batch) == 99
    assert Event.objects.count() == QueuedEvent.objects.count() == 100


def test_capture_is_rolled_back_with_its_transaction() -> None:
    def shop() -> None:
        with transaction.atomic():
            store(viewed("visitor:a"))
            assert Event.objects.exists()
            raise ValueError("the shop's own failure")

    with pytest.raises(ValueError, match="own failure"):
        shop()
    assert not Event.objects.exists()
    assert not EventKey.objects.exists()


@pytest.mark.parametrize("size", [1, 100, 500])
def test_statements_do_not_grow_with_the_batch(size: int) -> None:
    batch = [viewed("visitor:a", key=f"k{i}") for i in range(size)]
    with CaptureQueriesContext(connection) as queries:
        store(*batch)
    # SQLite takes a thousand variables a statement; PostgreSQL gets one COPY.
    bound = 8 if connection.vendor == "postgresql" else 8 + size // 50
    assert len(queries) <= bound, [query["sql"][:80] for query in queries]


def test_ids_sort_as_made() -> None:
    ids = [events.uuid7() for _ in range(2_000)]
    assert ids == sorted(ids)
    assert {value.version for value in ids} == {7}


def test_an_oversized_payload_is_refused() -> None:
    with pytest.raises(events.BadEvent):
        store(viewed("visitor:a", category_ids=["x" * 1000] * 20))
