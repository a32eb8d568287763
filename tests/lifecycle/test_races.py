"""A batch of events and the run for a new model meet at one person."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from clm_plugin import pipeline
from clm_plugin.lifecycle import operations
from clm_plugin.lifecycle.api import Entry, Model, Stage, restage, restage_everybody
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.publishing import use
from clm_plugin.lifecycle.ruler import Ruler
from tests.factories import NOW, order, store

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
OURS = Model(
    key="1",
    version=0,
    name="Ours",
    stages=(
        Stage(key="all", label="All", order=1),
        Stage(key="ours", label="Ours", order=2, entry=Entry(min_orders=1)),
    ),
)


@pytest.fixture(autouse=True)
def _postgres_only() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs TEST_DATABASE=postgres")


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def place_her(pid: int) -> None:
    with transaction.atomic():
        restage([pid], before={}, turns={}, at={pid: NOW}, cause={pid: "page.viewed"})


def meet(monkeypatch: pytest.MonkeyPatch, *, model_first: bool) -> list[tuple[str, str, str]]:
    """A batch stops where it reads the model; a new one is published and everybody placed by it.

    ``model_first``: the batch reads the model before it holds her standing, as it must not.
    """
    store(order("customer:1", "1", NOW))
    pipeline.drain(now=NOW)
    pid = Standing.objects.get().profile_id
    reading, published = threading.Event(), threading.Event()
    StageChange.objects.all().delete()

    class Slow(Ruler):
        def __init__(self) -> None:
            super().__init__()
            reading.set()
            published.wait(3)

    if model_first:
        early: list[Slow] = []

        def rows(ids: object) -> object:
            early.append(Slow())
            return real_rows(ids)  # type: ignore[arg-type]

        real_rows = operations.fact_rows  # type: ignore[attr-defined]  # to look inside
        monkeypatch.setattr(operations, "fact_rows", rows)
        monkeypatch.setattr(operations, "Ruler", lambda: early[0])
    else:
        monkeypatch.setattr(operations, "Ruler", Slow)
    batch = in_thread(lambda: place_her(pid))
    assert reading.wait(5)
    use(OURS, source="1", now=NOW)
    run = in_thread(lambda: print(restage_everybody(now=NOW)))
    run.join(0.5)
    published.set()
    batch.join(10)
    run.join(10)
    stage = Standing.objects.get().stage
    moves = StageChange.objects.order_by("id").values_list("from_stage", "to_stage", "cause")
    return [("", stage, "stands"), *moves]


def test_whoever_comes_first_she_stands_by_the_new_model(monkeypatch: pytest.MonkeyPatch) -> None:
    found = meet(monkeypatch, model_first=False)
    assert found == [("", "ours", "stands"), ("nurture", "ours", "model")]


def test_it_is_reading_the_model_after_holding_her_that_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = meet(monkeypatch, model_first=True)
    assert found[0] == ("", "nurture", "stands"), "the batch would put her back for good"
