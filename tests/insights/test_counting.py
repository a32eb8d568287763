"""Counters against rows counted by hand; again, late, in the wrong order: the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count

from clm_plugin.insights import counting
from clm_plugin.insights.api import Period, last_days, recount, refresh, sums_of, tallied
from clm_plugin.models import (
    ContactDay,
    Facts,
    MetricDay,
    OrderFact,
    StageChange,
    StageDay,
    StageFlow,
    Standing,
    Tally,
)
from tests.console.makers import (
    make_credit,
    make_mail,
    make_move,
    make_person,
    make_receipt,
    make_seen,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def make_order(person: Any, order_id: str, at: datetime, **fields: Any) -> OrderFact:
    values = {"currency": "GBP", "total_minor": 5000, "margin_minor": 2000, "items": 1}
    order = OrderFact.objects.create(
        order_id=order_id, profile=person, placed_at=at, **{**values, **fields}
    )
    placed = OrderFact.objects.filter(profile=person, cancelled_at=None)
    times = sorted(at for at in placed.values_list("placed_at", flat=True) if at is not None)
    Facts.objects.filter(profile=person).update(
        orders=len(times),
        first_order_at=min(times, default=None),
        last_order_at=max(times, default=None),
        margin_minor=2000 * len(times),
    )
    return order


def flows(day: date = TODAY) -> dict[tuple[str, str], int]:
    rows = StageFlow.objects.filter(day=day).values_list("source", "target", "moves")
    return {(source, target): moves for source, target, moves in rows}


def people(day: date) -> dict[str, int]:
    rows = StageDay.objects.filter(day=day, people__gt=0).values_list("stage", "people")
    return dict(rows)


def numbers(day: date = TODAY) -> dict[str, int]:
    rows = MetricDay.objects.filter(day=day).exclude(number=0).values_list("key", "number")
    return dict(rows)


def test_first_count_tells_the_whole_past() -> None:
    ann = make_person(stage="acquire")
    bob = make_person(stage="reach")
    make_move(ann, "", "reach", at=NOW - 3 * DAY)
    make_move(ann, "reach", "acquire", at=NOW - DAY)
    make_move(bob, "", "reach", at=NOW - 2 * DAY)
    make_move(bob, "reach", "reach", at=NOW)
    assert tallied() is None
    assert refresh(now=NOW)
    assert flows(TODAY - DAY) == {("reach", "acquire"): 1}
    assert flows() == {}
    assert [people(TODAY - n * DAY) for n in range(5)] == [
        {"acquire": 1, "reach": 1}, {"acquire": 1, "reach": 1}, {"reach": 2}, {"reach": 1}, {},
    ]  # fmt: skip
    counted = tallied()
    assert counted is not None
    assert counted.at == NOW


def test_days_are_the_shops_days(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Jakarta"  # noon in UTC is seven in the evening there
    make_move(make_person(), "", "reach", at=NOW + timedelta(hours=6))
    refresh(now=NOW + timedelta(hours=6))
    assert flows(TODAY + DAY) == {("", "reach"): 1}


def test_a_move_told_late_changes_its_day_and_those_behind_it() -> None:
    ann = make_person(stage="reach")
    make_move(ann, "", "reach", at=NOW - 9 * DAY)
    recount(now=NOW)
    Standing.objects.update(stage="acquire")
    make_move(ann, "reach", "acquire", at=NOW - 4 * DAY)
    assert refresh(now=NOW + timedelta(minutes=5))
    assert flows(TODAY - 4 * DAY) == {("reach", "acquire"): 1}
    assert [list(people(TODAY - n * DAY)) for n in (0, 1, 4, 5, 9)] == [
        ["acquire"], ["acquire"], ["acquire"], ["reach"], ["reach"],
    ]  # fmt: skip


def test_what_was_counted_of_the_past_stays_when_people_are_merged() -> None:
    """A merge takes a standing away without a move; yesterday's heads were right all the same."""
    make_person(stage="reach")
    merged = make_person(stage="reach")
    recount(now=NOW)
    Standing.objects.filter(profile=merged).delete()
    refresh(now=NOW + DAY)
    assert people(TODAY + DAY) == {"reach": 1}
    assert people(TODAY) == {"reach": 2}


def test_days_without_a_worker_are_told_afterwards() -> None:
    ann = make_person(stage="reach")
    make_move(ann, "", "reach", at=NOW - DAY)
    recount(now=NOW)
    Standing.objects.update(stage="acquire")
    make_move(ann, "reach", "acquire", at=NOW + 2 * DAY)
    refresh(now=NOW + 4 * DAY)
    assert [list(people(TODAY + n * DAY)) for n in range(5)] == [
        ["reach"], ["reach"], ["acquire"], ["acquire"], ["acquire"],
    ]  # fmt: skip


def test_counting_again_changes_nothing() -> None:
    ann = make_person(stage="retain")
    for n, (source, target) in enumerate(
        [("", "reach"), ("reach", "nurture"), ("nurture", "retain")]
    ):
        make_move(ann, source, target, at=NOW - (3 - n) * DAY)
    make_order(ann, "1", NOW - 2 * DAY)
    make_order(ann, "2", NOW)
    make_seen(make_receipt(ann, inputs={"stage": "nurture"}))

    def everything() -> list[Any]:
        return [
            sorted(map(str, model.objects.values_list()))
            for model in (StageDay, StageFlow, MetricDay, ContactDay)
        ]

    recount(now=NOW)
    first = everything()
    recount(now=NOW)
    assert everything() == first
    recount(now=NOW, days=10)
    assert everything() == first
    assert refresh(now=NOW + timedelta(hours=1))
    assert everything() == first


def test_counting_keeps_itself_to_a_hundredth_of_the_time() -> None:
    make_person()
    assert refresh(now=NOW)
    Tally.objects.update(cost_ms=600)
    assert not refresh(now=NOW + timedelta(seconds=59))
    assert refresh(now=NOW + timedelta(seconds=61))
    assert not refresh(now=Tally.objects.get().counted_at + timedelta(seconds=9))
    # A clock that was set back does not stop it.
    assert refresh(now=NOW - DAY)


def test_a_million_moves_at_once_are_looked_at_by_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_READ", 2)
    ann = make_person(stage="reach")
    make_move(ann, "", "reach", at=NOW - 9 * DAY)
    recount(now=NOW)
    for n in range(4):
        make_move(ann, "reach", "acquire", at=NOW - n * DAY)
    refresh(now=NOW + timedelta(minutes=5))
    assert sum(StageFlow.objects.values_list("moves", flat=True)) == 5


def test_orders_of_a_day() -> None:
    ann, bob, eve = (make_person() for _ in range(3))
    make_order(ann, "a1", NOW - 40 * DAY)
    make_order(ann, "a2", NOW)
    make_order(bob, "b1", NOW)
    make_order(bob, "b2", NOW)  # at the same moment: one of them is the second
    make_order(eve, "e1", NOW - DAY, cancelled_at=NOW)
    make_order(eve, "e2", NOW, currency="EUR")
    OrderFact.objects.create(order_id="nobody", currency="GBP")  # a refund that came first
    recount(now=NOW)
    assert numbers() | {"buyers": 3} == {
        "orders": 4, "order_margin": 6000, "first_orders": 2, "second_orders": 2,
        "second_after_45": 1, "second_after_1": 1, "buyers": 3, "repeaters": 2,
        **{key: n for key, n in numbers().items() if key.startswith(("curve_", "went_on_"))},
    }  # fmt: skip
    assert numbers(TODAY - DAY) == {}
    before, now = sums_of(Period(TODAY - 50 * DAY, TODAY - DAY), last_days(1, TODAY))
    assert before.numbers == {"orders": 1, "order_margin": 2000, "first_orders": 1}
    assert (before.levels_before["buyers"], before.levels_after["buyers"]) == (0, 1)
    assert (now.levels_before["buyers"], now.levels_after["buyers"]) == (1, 3)
    assert (now.levels_before["repeaters"], now.levels_after["repeaters"]) == (0, 2)


def test_what_those_who_went_on_have_earned() -> None:
    ann, bob, eve = (make_person(stage=stage) for stage in ("retain", "loyal", "loyal"))
    for person, orders in ((ann, 2), (bob, 3), (eve, 1)):
        for n in range(orders):
            make_order(person, f"{person.pk}-{n}", NOW - (40 + n) * DAY)
    make_move(ann, "nurture", "retain", at=NOW - DAY)
    make_move(ann, "nurture", "retain", at=NOW - 2 * DAY)  # once is enough
    make_move(bob, "nurture", "at-risk", at=NOW - DAY)
    make_move(eve, "nurture", "loyal", at=NOW - 400 * DAY)  # too long ago
    recount(now=NOW)
    got = numbers()
    assert (got["went_on_people:nurture"], got["went_on_margin:nurture"]) == (1, 4000)
    assert (got["went_on_people:loyal"], got["went_on_margin:loyal"]) == (2, 8000)
    # the first order of ann is 41 days ago, so 30 days of her margin are known and 60 are not
    assert (got["curve_people_0"], got["curve_margin_0"]) == (3, 6000)
    assert (got["curve_people_30"], got["curve_margin_30"]) == (3, 12000)
    assert "curve_people_60" not in got


def test_contacts_by_stage(django_assert_max_num_queries: Any) -> None:
    ann = make_person(stage="loyal")
    mail = make_receipt(ann, inputs={"stage": "nurture"})
    make_mail(ann, receipt_id=mail.pk)
    make_mail(ann, receipt_id=mail.pk, state="failed")
    widget = make_receipt(ann, channel="overlay", inputs={"stage": "retain"})
    make_seen(widget)
    make_receipt(ann, yes=False, rule="stage", inputs={"stage": "reach"})
    credit = make_credit(ann)
    credit.touch.channel, credit.touch.reference = "widget", str(widget.pk)
    credit.touch.save()
    make_credit(ann)  # a click on a mail that is gone
    with django_assert_max_num_queries(90):
        recount(now=NOW)
    rows = {
        (row.channel, row.stage): (row.decided, row.eligible, row.yes, row.delivered, row.clicked)
        for row in ContactDay.objects.filter(campaign="tea")
    }
    assert rows == {
        ("mail", "nurture"): (1, 1, 1, 1, 0),
        ("overlay", "retain"): (1, 1, 1, 1, 1),
        ("mail", ""): (1, 0, 0, 0, 1),
    }
    (sums,) = sums_of(last_days(1, TODAY))
    assert {stage: (c.delivered, c.clicked) for stage, c in sums.contacts.items()} == {
        "nurture": (1, 0), "retain": (1, 1),
    }  # fmt: skip


def test_our_own_moves_are_in_the_heads_and_in_no_arrow() -> None:
    ann = make_person(stage="retain")
    make_move(ann, "", "reach", at=NOW - 3 * DAY)
    make_move(ann, "reach", "retain", at=NOW - DAY, cause="model")
    recount(now=NOW)
    (sums,) = sums_of(last_days(7, TODAY))
    assert not sums.is_whole
    assert sums_of(last_days(4, TODAY))[0].is_whole
    assert [(f.source, f.target, f.moves) for f in sums.flows] == [("", "reach", 1)]
    assert sums.our_moves == 1
    assert (people(TODAY - 2 * DAY), people(TODAY - DAY)) == ({"reach": 1}, {"retain": 1})


def test_flows_by_day_agree_with_the_moves() -> None:
    stages = ["reach", "acquire", "nurture", "at-risk"]
    for n in range(60):
        source, target = stages[n % 4], stages[(n * 7 + 1) % 4]
        make_move(make_person(), source, target, at=NOW - timedelta(hours=n * 5))
    recount(now=NOW)
    period = last_days(6, TODAY)
    (sums,) = sums_of(period)
    start = datetime.combine(period.since, datetime.min.time(), tzinfo=NOW.tzinfo)
    wanted = (
        StageChange.objects.filter(changed_at__gte=start)
        .values_list("from_stage", "to_stage")
        .annotate(n=Count("pk"))
    )
    assert {(f.source, f.target): f.moves for f in sums.flows} == {
        (source, target): n for source, target, n in wanted if source != target
    }


def test_sums_cost_the_same_for_any_number(django_assert_num_queries: Any) -> None:
    make_person()
    recount(now=NOW)
    period = last_days(30, TODAY)
    with django_assert_num_queries(10):
        sums_of(period, period.previous)
