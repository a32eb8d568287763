"""Two sweeps at once, and a clock that goes back: one receipt and one mail for each journey."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin import pipeline
from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.models import Delivery, Enrolment, Receipt, StageChange
from tests.factories import NOW, basket, days, new, order, store
from tests.reliability.state import broken_ways

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.crew import Crew

OPEN = {"GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0), "MAIL_FROM": "shop@example.com"}
IDLE, DUE = timedelta(minutes=30), NOW + timedelta(minutes=31)
HOUR = timedelta(hours=1)


def wait_for_mail(people: int) -> None:
    """So many known people, each with a basket left behind; and as many whose gap is over."""
    install(first_day()[0], publish=True)
    events = []
    for n in range(people):
        who = f"customer:{n}"
        events += [
            new("customer.registered", who, NOW, email=f"p{n}@example.com"),
            new("consent.given", who, NOW, purposes=["mail"]),
            basket(who, f"b{n}"),
            order(f"customer:s{n}", f"o{n}", NOW - days(100)),
        ]
    store(*events, at=NOW)
    pipeline.drain(now=NOW - days(99))
    pipeline.drain(now=NOW)


def copies() -> Counter[tuple[int, str]]:
    return Counter(Receipt.objects.filter(yes=True).values_list("profile_id", "object_id"))


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once(crew: Crew, settings: Any) -> None:
    settings.CLM = {**settings.CLM, **OPEN}
    people = 150
    wait_for_mail(people)
    moved = StageChange.objects.count()
    crew.run("sweep", 2, now=DUE.isoformat(), clm=OPEN)
    assert Counter(copies().values()) == {1: people}
    assert Delivery.objects.count() == Receipt.objects.count() == people
    assert Enrolment.objects.filter(state="done").count() == people
    assert broken_ways() == []
    print(f"{people} journeys, {StageChange.objects.count() - moved} moves of time")


@pytest.mark.django_db(transaction=True)
def test_it_is_the_row_lock_that_does_it(crew: Crew, settings: Any, tmp_path: Path) -> None:
    """The check of the check: sweeps that claim without a lock decide twice."""
    settings.CLM = {**settings.CLM, **OPEN}
    people = 20
    wait_for_mail(people)
    crew.run("sweep", 2, now=DUE.isoformat(), unlocked=str(tmp_path), sweepers=2, clm=OPEN)
    assert Counter(copies().values()) == {2: people}
