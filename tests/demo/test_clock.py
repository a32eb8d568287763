"""The clock that can be moved, and the journey through what falls due."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

import clm_plugin
from demo_shop import clock, tasks, travel, views

SECOND = timedelta(seconds=1)


def ahead() -> timedelta:
    return clock.now() - datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "delta"),
    [
        ("+14d", timedelta(days=14)),
        ("+1h", timedelta(hours=1)),
        (" 90M ", timedelta(minutes=90)),
        ("+0m", timedelta()),
    ],
)
def test_steps(text: str, delta: timedelta) -> None:
    assert clock.parse(text) == delta


@pytest.mark.parametrize("text", ["", "-1d", "-0", "+1w", "+1.5h", "d", "+999999d", "+1d2h"])
def test_what_is_not_a_step_forward(text: str) -> None:
    with pytest.raises(ValueError, match="step forward"):
        clock.parse(text)


def test_moves_add_up_and_reset_ends_them() -> None:
    assert abs(ahead()) < SECOND
    clock.move(timedelta(days=14))
    clock.move(timedelta(hours=1))
    assert abs(ahead() - timedelta(days=14, hours=1)) < SECOND
    clock.reset()
    assert abs(ahead()) < SECOND


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        (timedelta(), ""),
        (timedelta(days=14, hours=1), "14 d 1 h"),
        (timedelta(minutes=90), "1 h 30 min"),
    ],
)
def test_it_says_how_far_ahead_it_is(delta: timedelta, text: str) -> None:
    clock.move(delta)
    assert clock.describe() == text


def test_it_never_goes_back() -> None:
    clock.move(timedelta(days=2))
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move(timedelta(days=-1))
    clock.move_to(clock.now() - timedelta(days=1))
    assert abs(ahead() - timedelta(days=2)) < SECOND


def test_another_process_is_seen(own_var: Path) -> None:
    clock.now()
    (own_var / "other").write_text("3600")
    (own_var / "other").replace(own_var / "clock")
    assert abs(ahead() - timedelta(hours=1)) < SECOND


def test_a_broken_file_means_real_time(own_var: Path) -> None:
    (own_var / "clock").write_text("tomorrow")
    assert abs(ahead()) < SECOND


class FakePipeline:
    """Work that is due after some hours; it notes when it was swept."""

    def __init__(self, *hours: float) -> None:
        self.begun = clock.now()
        self.waiting = [self.begun + timedelta(hours=each) for each in hours]
        self.swept: list[datetime] = []

    def next_due(self) -> datetime | None:
        return min(self.waiting, default=None)

    def sweep(self, *, now: datetime) -> None:
        self.swept.append(now)
        self.waiting = [due for due in self.waiting if due > now]

    def hours(self) -> list[int]:
        return [round((each - self.begun).total_seconds() / 3600) for each in self.swept]


def install(monkeypatch: pytest.MonkeyPatch, pipeline: Any) -> list[datetime]:
    """Returns the moments at which a night's work is done from now on."""
    nights: list[datetime] = []
    for name, module in (
        ("pipeline", SimpleNamespace(sweep=pipeline.sweep, next_due=pipeline.next_due)),
        ("scheduled", SimpleNamespace(publish_scheduled=lambda *, now: 0)),
        ("upkeep", SimpleNamespace(upkeep=lambda *, now: nights.append(now))),
    ):
        monkeypatch.setitem(sys.modules, f"clm_plugin.{name}", module)
        monkeypatch.setattr(clm_plugin, name, module, raising=False)
    return nights


def test_a_journey_stops_wherever_something_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = FakePipeline(1, 30, 400)
    nights = install(monkeypatch, pipeline)
    call_command("demo_clock", "+14d")
    assert pipeline.hours() == [0, 1, 30, 336]
    assert len(nights) == 1, "of all the nights the last one's work is done"
    assert abs(ahead() - timedelta(days=14)) < SECOND


def test_work_that_stays_due_does_not_hold_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = FakePipeline()
    install(monkeypatch, SimpleNamespace(next_due=clock.now, sweep=pipeline.sweep))
    call_command("demo_clock", "+1h")
    assert len(pipeline.swept) == 7


def test_a_journey_can_be_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, FakePipeline(1, 2, 3))
    start = clock.now()
    target = start + timedelta(hours=5)
    assert not travel.travel_for(start=start, target=target, seconds=0)
    shown = travel.read_progress()
    assert shown is not None
    assert not shown.done
    assert travel.travel_for(start=start, target=target)
    shown = travel.read_progress()
    assert shown is not None
    assert (shown.done, shown.percent) == (True, 100)


def test_a_failing_sweep_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*, now: datetime) -> None:
        raise RuntimeError("broken")

    install(monkeypatch, SimpleNamespace(next_due=lambda: None, sweep=fail))
    with pytest.raises(RuntimeError):
        travel.travel_for(start=clock.now(), target=clock.now() + SECOND)
    shown = travel.read_progress()
    assert shown is not None
    assert "broken" in shown.error


def test_the_command_refuses_a_step_back() -> None:
    with pytest.raises(CommandError):
        call_command("demo_clock", "+1x")


def press(client: Client, step: str) -> str:
    """What the tour says after a click on the clock."""
    answer = client.post("/demo/clock/", {"step": step}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
def test_the_button_moves_the_clock_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakePipeline(1))
    assert "Time has passed" in press(client, "+1d")
    assert abs(ahead() - timedelta(days=1)) < SECOND
    assert client.get("/demo/clock/status/").json()["percent"] == 100
    assert "real time again" in press(client, "reset")
    assert abs(ahead()) < SECOND


@pytest.mark.django_db
def test_a_long_journey_is_left_to_a_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, FakePipeline(1, 2))
    queued: list[tuple[str, str]] = []
    monkeypatch.setattr(views, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(tasks.travel, "delay", lambda *span: queued.append(span))
    press(client, "+1d")
    assert not client.get("/demo/clock/status/").json()["done"]
    (span,) = queued
    tasks.travel(*span)
    assert client.get("/demo/clock/status/").json()["done"]
    assert abs(ahead() - timedelta(days=1)) < SECOND


@pytest.mark.django_db
def test_the_button_refuses_nonsense_and_shows_failures(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*, now: datetime) -> None:
        raise RuntimeError("broken")

    install(monkeypatch, SimpleNamespace(next_due=lambda: None, sweep=fail))
    assert "not a step forward" in press(client, "-1d")
    assert "broken" in press(client, "+1d")
