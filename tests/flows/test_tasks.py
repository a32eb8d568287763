"""Celery's entries: a busy worker takes turns, a wake-up that nobody took goes stale."""

import pytest

from clm_plugin import health, jobs, pipeline, tasks
from clm_plugin.models import Heartbeat
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def send(name: str, *_: object) -> bool:
        names.append(name)
        return True

    monkeypatch.setattr(jobs, "send", send)
    monkeypatch.setattr(tasks, "_LINGER", 0.05)
    monkeypatch.setattr(tasks, "_PAUSE", 0.01)
    monkeypatch.setattr(tasks, "_TURN", 0.2)
    return names


def test_an_idle_worker_stays_a_moment_and_goes(sent: list[str]) -> None:
    assert tasks.process() == 0
    assert not sent


def test_under_steady_traffic_a_worker_lets_sweeps_have_their_turn(
    sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "process", lambda **_: 1)
    assert tasks.process() > 0
    assert sent == ["clm_plugin.process"]


def test_a_worker_that_leaves_takes_its_signs_of_life_along() -> None:
    health.beat("worker", "scheduler", "sweep", now=NOW)
    tasks.say_goodbye()
    assert list(Heartbeat.objects.values_list("part", flat=True)) == ["sweep"]
