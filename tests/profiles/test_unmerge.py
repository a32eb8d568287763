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
    Facts,
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
from tests.factories import NOW, new, order, store, viewed
from tests.profiles.histories import history, names_of, state, tell
from tests.reliability.state import broken_ways

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
    assert broken_ways() == []
    merges.unmerge(chosen, now=NOW)
    n, one, other = sides[chosen]
    found = state()
    assert broken_ways() == [], "each has one way through the stages"
    return found, n, (one, other)


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


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 14))]
)
def test_merge_then_undo_is_as_if_never_merged(seed: int) -> None:
    """Of any merge, also when others came after it. Seeds are in the test's name."""
    events = history(random.Random(seed))
    kept: dict[str, Any] = {}
    with transaction.atomic():
        kept["undone"], at, sides = merged_and_undone(events, random.Random(seed))
        transaction.set_rollback(True)
    if sides is None:
        pytest.skip("nobody was merged in this history")
    expected = never_merged(events, at, sides)
    assert set(kept["undone"]) == set(expected)
    for names, known in expected.items():
        for part, value in known.items():
            assert kept["undone"][names][part] == value, (sorted(names), part)


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_gives_what_was_live_after_merges_and_undos(seed: int) -> None:
    merged_and_undone(history(random.Random(100 + seed)), random.Random(seed))
    before = state()
    rebuild_facts(now=NOW)
    assert state() == before


def two_people() -> tuple[int, int]:
    """A device with a past of its own (the older profile) and an account."""
    store(viewed("visitor:b", at=NOW - timedelta(days=60)))
    tell(order("customer:1", "o1", NOW - timedelta(days=30)))
    owners = dict(Identifier.objects.values_list("actor", "profile_id"))
    return owners["visitor:b"], owners["customer:1"]


def joined() -> MergeRecord:
    tell(new("customer.logged_in", "customer:1", NOW, links=("visitor:b",)))
    return MergeRecord.objects.get()


def receipt(profile_id: int) -> Receipt:
    return Receipt.objects.create(
        id=uuid7(), profile_id=profile_id, campaign="tea", plan_version=1, channel="mail",
        place="step", yes=True, rule="all_rules_passed", decided_at=NOW,
    )  # fmt: skip


def clicked(profile_id: int, reference: str, days_ago: float) -> None:
    at = NOW - timedelta(days=days_ago)
    touch([Click(profile_id=profile_id, campaign="tea", channel="mail", reference=reference,
                 clicked_at=at)])  # fmt: skip


def test_rows_of_every_floor_go_to_the_survivor_and_back() -> None:
    device, account = two_people()
    mine, hers = receipt(account), receipt(device)
    for pid in (device, account):
        Enrolment.objects.create(profile_id=pid, campaign="tea", object_id="b1", entered_at=NOW)
    Enrolment.objects.create(profile_id=account, campaign="cake", entered_at=NOW, due_at=NOW)
    clicked(account, "a", 31)
    moves = dict(StageChange.objects.values_list("pk", "profile_id"))
    record = joined()
    assert (record.survivor_id, record.merged_id) == (device, account)
    for model in (Receipt, Enrolment, OrderFact):
        assert set(model.objects.values_list("profile_id", flat=True)) == {device}
    # The way of the buyer is the person's; the device's stays behind.
    assert {
        pid: moves[pk]
        for pk, pid in StageChange.objects.filter(pk__in=moves).values_list("pk", "profile_id")
    } == {device: account, account: device}
    assert Enrolment.objects.filter(campaign="tea").count() == 1
    since = receipt(device)
    done = merges.unmerge(record.pk, now=NOW)
    assert (done.kept, done.freed) == (device, account)
    owners = dict(Receipt.objects.values_list("pk", "profile_id"))
    assert owners == {mine.pk: account, hers.pk: device, since.pk: device}
    assert sorted(Enrolment.objects.values_list("campaign", "profile_id")) == [
        ("cake", account),
        ("tea", min(device, account)),
        ("tea", max(device, account)),
    ]
    now = StageChange.objects.in_bulk(moves)
    assert {pk: change.profile_id for pk, change in now.items()} == moves
    assert OrderFact.objects.get().profile_id == account


def test_orders_are_credited_to_the_touches_of_who_placed_them() -> None:
    device, _account = two_people()
    clicked(device, "d", 2)
    record = joined()
    tell(order("customer:1", "o2", NOW - timedelta(days=1)))
    assert Credit.objects.get().order_id == "o2"
    merges.unmerge(record.pk, now=NOW)
    assert not Credit.objects.exists(), "the device's click led the account nowhere"


def test_the_same_link_does_not_join_them_again() -> None:
    device, account = two_people()
    record = joined()
    merges.unmerge(record.pk, now=NOW, by=None)
    tell(new("customer.logged_in", "customer:1", NOW, links=("visitor:b",)))
    assert MergeRecord.objects.count() == 1
    assert Profile.objects.filter(merged_into=None).count() == 2
    assert names_of(account) == {"customer:1"}
    assert names_of(device) == {"visitor:b"}
    assert Profile.objects.get(pk=account).customer_id == "1"
    assert Profile.objects.get(pk=device).customer_id == ""


def test_an_undo_is_done_once() -> None:
    two_people()
    record = joined()
    merges.unmerge(record.pk, now=NOW)
    for pk in (record.pk, 999_999):
        with pytest.raises(profiles.MergeError):
            merges.unmerge(pk, now=NOW)
    record.refresh_from_db()
    assert record.undone_at == NOW
    assert KeptApart.objects.count() == 1


def test_what_waits_in_the_queue_is_told_in_its_turn() -> None:
    """Told twice it would count twice."""
    device, account = two_people()
    record = joined()
    store(viewed("visitor:b", at=NOW), viewed("customer:1", at=NOW), at=NOW)
    merges.unmerge(record.pk, now=NOW)
    pipeline.drain(now=NOW)
    views = {pid: profiles.fact_rows([pid])[pid].product_views for pid in (device, account)}
    assert views == {device: 2, account: 1}
    assert Event.objects.filter(type="product.viewed").count() == 3


def test_refunds_are_counted_once_after_an_undo() -> None:
    _device, account = two_people()
    tell(new("order.refunded", "customer:1", NOW, order_id="o1", refund_id="r", amount_minor=500,
             currency="GBP"))  # fmt: skip
    merges.unmerge(joined().pk, now=NOW)
    assert OrderFact.objects.get().refunded_minor == 500
    assert Facts.objects.get(profile=account).refunded_minor == 500
