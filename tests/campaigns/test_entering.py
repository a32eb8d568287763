"""Journeys that start with a move, a segment or an action, and end with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from clm_plugin import pipeline
from clm_plugin.campaigns.api import react
from clm_plugin.campaigns.authoring import Campaign
from clm_plugin.events.api import NewEvent
from clm_plugin.lifecycle.api import Move
from clm_plugin.models import CompiledSegment, Delivery, Enrolment, Identifier, Receipt
from tests.factories import NOW, basket, days, new, order, store, viewed

pytestmark = pytest.mark.django_db

ME = "customer:1"
MAIL = ("mail", {"subject": "Hello", "heading": "Hello", "body": "<p>You</p>", "button": "Go"})
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.CLM = {"SHOP": "nonexistent.Shop", "GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0)}


def campaign(kind: str, **value: Any) -> Campaign:
    fields = {name: value.pop(name) for name in ("repeat_days",) if name in value}
    made = Campaign(key=f"c-{kind.replace('_', '-')}", name=kind, **fields)
    made.trigger = [(kind, value)]
    made.steps = [MAIL]
    made.full_clean()
    made.save()
    made.save_revision().publish()
    return made


def tell(*events: NewEvent, at: datetime = NOW) -> None:
    store(*events, at=at)
    pipeline.drain(now=at)


def known(at: datetime = NOW) -> None:
    tell(new("customer.registered", ME, at, email="ada@example.com", first_name="Ada"), at=at)
    tell(new("consent.given", ME, at, purposes=["mail"]), at=at)


def me() -> int:
    return Identifier.objects.get(actor=ME).profile_id


def states() -> list[tuple[str, str]]:
    return list(Enrolment.objects.order_by("entered_at").values_list("state", "end_rule"))


def test_entering_a_stage_sends_a_mail_that_knows_no_basket() -> None:
    campaign("stage_entered", stages=["nurture"])
    known()
    tell(order(ME, "o1"))
    pipeline.sweep(now=NOW, send=False)
    assert states() == [("done", "finished")]
    delivery = Delivery.objects.get()
    assert (delivery.object_id, delivery.content["link"]) == ("", "/")
    assert delivery.content["show_basket"] is False
    assert Receipt.objects.get().object_id == ""


def test_only_from_the_stages_that_were_asked_for() -> None:
    campaign("stage_entered", stages=["nurture"], came_from=["lapsed"])
    known()
    tell(order(ME, "o1"))
    assert states() == []


def test_leaving_a_stage_by_time_alone_starts_a_campaign() -> None:
    campaign("stage_left", stages=["nurture"])
    known()
    tell(order(ME, "o1"))
    assert states() == []
    pipeline.sweep(now=NOW + days(60), send=False)
    assert len(states()) == 1


def test_a_stay_is_told_when_it_has_lasted_and_not_before() -> None:
    campaign("stage_dwell", stages=["acquire"], days=3)
    known()
    pipeline.sweep(now=NOW + days(3) - timedelta(seconds=1), send=False)
    assert not Delivery.objects.exists()
    pipeline.sweep(now=NOW + days(3), send=False)
    assert Delivery.objects.count() == 1


def test_who_left_the_stage_gets_no_mail_about_staying() -> None:
    campaign("stage_dwell", stages=["acquire"], days=3)
    known()
    tell(basket(ME, at=NOW + HOUR), at=NOW + HOUR)
    assert states() == [("exited", "stage_left")]
    pipeline.sweep(now=NOW + days(3), send=False)
    assert not Delivery.objects.exists()


def test_history_that_is_read_in_starts_nothing() -> None:
    campaign("stage_entered", stages=["nurture", "at-risk", "lapsed"])
    campaign("event", event="order.placed", minutes=0)
    known()
    tell(order(ME, "o1", at=NOW - days(100), source="backfill"))
    pipeline.sweep(now=NOW, send=False)
    assert states() == []


@pytest.mark.parametrize("cause", ["model", "gap", "rebuild"])
def test_bookkeeping_moves_start_nothing(cause: str) -> None:
    campaign("stage_entered", stages=["loyal"])
    known()
    move = Move(profile_id=me(), from_stage="retain", to_stage="loyal", moved_at=NOW, cause=cause)
    react((), {}, now=NOW, moves=[move])
    assert states() == []
    react((), {}, now=NOW, moves=[replace(move, cause="order.placed")])
    assert len(states()) == 1


def test_a_move_of_long_ago_starts_nothing() -> None:
    campaign("stage_left", stages=["nurture"])
    known()
    tell(order(ME, "o1"))
    pipeline.sweep(now=NOW + days(63), send=False)  # no sweep ran for three days
    assert states() == []


def test_the_same_campaign_again_only_after_its_time() -> None:
    campaign("stage_entered", stages=["loyal"], repeat_days=7)
    known()
    for day in (0, 3, 8):
        at = NOW + days(day)
        move = Move(
            profile_id=me(), from_stage="retain", to_stage="loyal", moved_at=at, cause="time"
        )
        react((), {}, now=at, moves=[move])
        pipeline.sweep(now=at, send=False)
    assert list(Enrolment.objects.values_list("entered_at", flat=True)) == [
        NOW,
        NOW + days(8),
    ]


def test_an_action_starts_a_campaign() -> None:
    campaign("event", event="search.made", minutes=0)
    known()
    tell(new("search.made", ME, NOW, query="tea"))
    pipeline.sweep(now=NOW, send=False)
    assert Delivery.objects.count() == 1


def test_the_lack_of_an_action_starts_a_campaign() -> None:
    campaign("event", event="product.viewed", unless="basket.changed", minutes=60)
    known()
    tell(viewed(ME))
    pipeline.sweep(now=NOW + HOUR - timedelta(seconds=1), send=False)
    assert not Delivery.objects.exists()
    pipeline.sweep(now=NOW + HOUR, send=False)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("apart", [True, False])
def test_the_action_that_was_waited_for_ends_it(apart: bool) -> None:
    campaign("event", event="product.viewed", unless="basket.changed", minutes=60)
    known()
    later = NOW + timedelta(minutes=5)
    if apart:
        tell(viewed(ME))
        tell(basket(ME, at=later), at=later)
    else:
        tell(viewed(ME), basket(ME, at=later), at=later)
    pipeline.sweep(now=NOW + HOUR, send=False)
    assert not Delivery.objects.exists()
    assert states() == ([("exited", "did_it")] if apart else [])


def test_a_custom_action_by_its_name() -> None:
    campaign("event", event="custom.tracked", name="Video Played", minutes=0)
    known()
    tell(new("custom.tracked", ME, NOW, name="Video Paused"))
    assert states() == []
    tell(new("custom.tracked", ME, NOW, name="video played"))
    assert len(states()) == 1


@dataclass(frozen=True)
class _Change:
    segment: str
    profile_id: int
    entered: bool
    changed_at: datetime
    reason: str = ""


def test_a_segment_starts_and_ends_a_campaign() -> None:
    CompiledSegment.objects.create(key="vips", name="VIPs", compiled_at=NOW)
    made = Campaign(key="vip", name="VIP")
    made.trigger = [("segment_entered", {"segments": ["vips"]})]
    made.steps = [("wait", {"minutes": 60}), MAIL]
    made.save()
    made.save_revision().publish()
    known()
    entered: Any = _Change("vips", me(), True, NOW)
    react((), {}, now=NOW, changes=[entered])
    assert states() == [("waiting", "")]
    left: Any = _Change("vips", me(), False, NOW + HOUR)
    react((), {}, now=NOW + HOUR, changes=[left])
    assert states() == [("exited", "segment_left")]
