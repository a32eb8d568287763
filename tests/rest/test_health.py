"""``GET /clm/health``: 200 only when every part is alive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from clm_plugin.health import beat
from clm_plugin.models import CodeAlarm

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("worker_age", "status"), [(None, 503), (timedelta(minutes=5), 503), (timedelta(0), 200)]
)
def test_says_who_is_alive(client: Client, worker_age: timedelta | None, status: int) -> None:
    now = timezone.now()
    beat("scheduler", "sweep", now=now)
    if worker_age is not None:
        beat("worker", now=now - worker_age)
    response = client.get("/clm/health")
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert (found["ok"], found["worker"], found["scheduler"]) == (
        status == 200,
        status == 200,
        True,
    )


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_down_is_503(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(**kwargs: object) -> None:
        raise error("gone")

    monkeypatch.setattr("clm_plugin.events.api.lag", fail)
    response = client.get("/clm/health")
    assert response.status_code == 503
    assert response.json() == {"ok": False, "database": False}


def test_guessing_of_codes_is_told_and_makes_nothing_unwell(client: Client) -> None:
    now = timezone.now()
    beat("scheduler", "sweep", "worker", now=now)
    assert client.get("/clm/health").json()["code_guessing"] is None
    CodeAlarm.objects.create(hour=now, first_at=now, last_at=now, wrong=500)
    response = client.get("/clm/health")
    assert response.status_code == 200
    assert response.json()["code_guessing"] == {"last_at": now.isoformat(), "wrong": 500}
