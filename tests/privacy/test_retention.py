"""Retention: what is past its time goes, and what it added up to stays."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin import pipeline
from clm_plugin.events.api import TYPES
from clm_plugin.events.models import QueuedEvent
from clm_plugin.models import (
    CategoryFact,
    DeadLetter,
    Delivery,
    Event,
    Facts,
    MailClick,
    OrderFact,
    ProductFact,
    Profile,
    Receipt,
    TraitValue,
)
from clm_plugin.privacy import retention
from clm_plugin.privacy.api import check_privacy, days_of, purge
from clm_plugin.profiles.folding import fold
from clm_plugin.profiles.summing import summary_of
from clm_plugin.rebuild import rebuild_facts
from tests.console.makers import make_mail, make_person, make_receipt
from tests.factories import NOW, basket, days, new, order, store, stored, viewed
from tests.lengths import examples

OLD = NOW - days(900)
KINDS = ("page", "view", "search", "basket", "checkout", "read", "login", "widget")


def told(kind: str, actor: str, number: int, at: Any) -> Any:
    return {
        "page": lambda: new(
            "page.viewed", actor, at, path="/", session=number % 2 == 0,
            medium=f"m{number % 3}",
        ),
        "view": lambda: new(
            "product.viewed", actor, at, product_id=str(number % 4), category_ids=[str(number % 2)]
        ),
        "search": lambda: new("search.made", actor, at, query="tea"),
        "basket": lambda: basket(actor, f"b{number % 3}", at, items=number % 3),
        "checkout": lambda: new("checkout.started", actor, at, basket_id="b1"),
        "read": lambda: new("page.read", actor, at, path="/", seconds=3),
        "login": lambda: new(
            "customer.logged_in", actor, at, email=f"a{number % 2}@example.com", first_name="Ann"
        ),
        "widget": lambda: new("widget.shown", actor, at, receipt=str(number)),
    }[kind]()  # fmt: skip


HISTORY = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 400)), min_size=1
)


@given(HISTORY, st.integers(0, 20))
@settings(max_examples=examples(150))
def test_a_sum_folds_to_what_its_events_fold_to(history: Any, cut: int) -> None:
    """All at once, and in two nights: sums of sums."""
    events = [
        stored(told(kind, "visitor:a", number, OLD + timedelta(hours=hour)))
        for kind, number, hour in history
    ]
    owners = {"visitor:a": 1}
    whole = fold(events, owners)
    for parts in ([events], [events[:cut], events[cut:]]):
        summed: list[Any] = []
        for part in filter(None, parts):
            payload = summary_of([*summed, *part])
            last = max(event.occurred_at for event in (*summed, *part))
            summed = [stored(new("history.summed", "visitor:a", last, **payload))]
        again = fold(summed, owners)
        assert again.sums == whole.sums
        assert again.products == whole.products
        assert {k: v for k, v in again.categories.items() if v} == dict(whole.categories)
        said = {(t.at, t.strong, tuple(t.values.items())) for t in again.traits.get(1, [])}
        everything = {(t.at, t.strong, tuple(t.values.items())) for t in whole.traits.get(1, [])}
        assert said <= everything
        assert max(said, default=None) == max(everything, default=None)


@pytest.mark.parametrize("type_", sorted(set(TYPES) - retention.KEPT))
def test_what_feeds_facts_that_a_sum_does_not_carry_is_never_purged_by_default(type_: str) -> None:
    """Orders, accounts and what people said of themselves: their folds have no sum."""
    kept = ("order.", "customer.registered", "consent.", "profile.", "survey.", "life_event.",
            "group.", "review.", "contact.", "wishlist.", "credit.", "offer.",
            "referral.")  # fmt: skip
    assert (days_of(type_) is None) is type_.startswith(kept), type_


def state() -> list[Any]:
    return [
        list(model._default_manager.order_by(*key).values())
        for model, key in (
            (Facts, ("profile_id",)),
            (ProductFact, ("profile_id", "product_id")),
            (CategoryFact, ("profile_id", "category_id")),
            (OrderFact, ("order_id",)),
            (TraitValue, ("profile_id", "key")),
        )
    ]


def without_ids(rows: list[Any]) -> list[Any]:
    return [[{k: v for k, v in row.items() if k != "id"} for row in table] for table in rows]


def make_history(seed: int = 7) -> None:
    chance = random.Random(seed)
    actors = ["visitor:a", "visitor:b", "customer:1"]
    events = [
        told(chance.choice(KINDS), chance.choice(actors), chance.randrange(9),
             OLD + timedelta(hours=chance.randrange(250 * 24)))
        for _ in range(300)
    ]  # fmt: skip
    store(
        *events,
        order("customer:1", "o1", OLD + days(1)),
        new("customer.logged_in", "customer:1", OLD + days(3), email="a@example.com",
            links=("visitor:a",)),
        at=NOW,
    )  # fmt: skip
    pipeline.drain(now=NOW)


@pytest.mark.django_db
def test_a_rebuild_after_a_purge_gives_what_it_gave_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retention, "BATCH", 7)
    make_history()
    rebuild_facts(now=NOW)
    before, events = without_ids(state()), Event.objects.count()
    for night in range(3):
        purge(now=NOW + days(60 * night))
        assert without_ids(state()) == before, "the facts themselves are not touched"
        rebuild_facts(now=NOW)
        assert without_ids(state()) == before
    assert Event.objects.count() < events / 2
    assert Event.objects.filter(type="history.summed").count() <= 3, "one sum an actor"
    assert not QueuedEvent.objects.exists()
    assert OrderFact.objects.count() == 1
    assert not Event.objects.filter(type="page.viewed", occurred_at__lt=NOW - days(760)).exists()


@pytest.mark.django_db
def test_purged_twice_changes_nothing() -> None:
    make_history()
    purge(now=NOW)
    rows = list(Event.objects.order_by("id").values())
    assert purge(now=NOW).total == 0
    assert list(Event.objects.order_by("id").values()) == rows


@pytest.mark.django_db
def test_what_still_waits_stays_and_what_never_counted_is_not_summed() -> None:
    store(viewed("visitor:a", "1", OLD), viewed("visitor:a", "2", OLD), at=OLD)
    waiting, dead = QueuedEvent.objects.order_by("event_id")
    DeadLetter.objects.create(event_id=dead.event_id, shard=dead.shard, reason="x", failed_at=NOW)
    dead.delete()
    purge(now=NOW)
    assert list(Event.objects.values_list("id", flat=True)) == [waiting.event_id]
    assert not DeadLetter.objects.exists()
    pipeline.drain(now=NOW)
    assert Facts.objects.get().product_views == 1


@pytest.mark.django_db
def test_receipts_and_mails_go_with_what_hangs_on_them(settings: Any) -> None:
    settings.CLM = {**settings.CLM, "RETENTION": {"Delivery": 10, "Receipt": None}}
    person = make_person()
    mail = make_mail(person, created_at=NOW - days(11))
    make_mail(person, created_at=NOW - days(9))
    MailClick.objects.create(id=uuid4(), delivery=mail, link=0, clicked_at=NOW)
    make_receipt(person, decided_at=NOW - days(5_000))
    done = purge(now=NOW)
    assert done.rows == {"Delivery": 1}
    assert (Delivery.objects.count(), MailClick.objects.count()) == (1, 0)
    assert Receipt.objects.count() == 1
    assert Profile.objects.count() == 1


@pytest.mark.django_db
def test_raw_payloads_go_first() -> None:
    store(viewed("visitor:a", "1", NOW - days(100)), at=NOW - days(100))
    store(viewed("visitor:a", "2", NOW), at=NOW)
    Event.objects.update(raw={"ip": "192.0.2.1"})
    pipeline.drain(now=NOW)
    assert purge(now=NOW).rows == {"raw": 1}
    assert purge(now=NOW).rows == {}
    raws = list(Event.objects.order_by("id").values_list("raw", flat=True))
    assert raws == [None, {"ip": "192.0.2.1"}]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (None, []),
        ({"page.viewed": 30, "Receipt": None, "raw": 1}, []),
        ({"page.seen": 30}, ["clm.E012"]),
        ({"history.summed": 30}, ["clm.E012"]),
        ({"Profile": 30}, ["clm.E012"]),
        ({"page.viewed": 0}, ["clm.E012"]),
        ({"page.viewed": "30"}, ["clm.E012"]),
        ({"page.viewed": True}, ["clm.E012"]),
        ([], ["clm.E012"]),
    ],
)
def test_a_wrong_setting_is_named(settings: Any, given: Any, ids: list[str]) -> None:
    settings.CLM = {**settings.CLM, "RETENTION": given}
    assert [each.id for each in check_privacy()] == ids


def test_a_journal_that_cannot_be_written_is_named(settings: Any, tmp_path: Any) -> None:
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path / "file")}
    assert check_privacy() == []
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path)}
    assert [each.id for each in check_privacy()] == ["clm.E013"]
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path / "no" / "file")}
    assert [each.id for each in check_privacy()] == ["clm.E013"]
