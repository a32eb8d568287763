"""Eight tabs that ask at the same moment get one popup between them."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from clm_plugin.models import Receipt
from clm_plugin.widgets.api import Answer, Ask, Slot, Surroundings, decide
from tests.widgets.plans import NOW, make_live, make_person, popup_plan

TABS = 8
EXIT = Ask(slots=(Slot(name="overlay"),), signal="exit")


def popups_of_eight_tabs() -> tuple[int, int, int]:
    """Popups shown, receipts that say yes, and all receipts, of eight tabs at once."""
    make_live(popup_plan())
    profile, actor = make_person()
    together = Barrier(TABS)

    def tab(_: int) -> Answer:
        try:
            together.wait(timeout=10)
            return decide(EXIT, actor=actor, now=NOW, around=Surroundings())
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        answers = list(pool.map(tab, range(TABS)))
    receipts = Receipt.objects.filter(profile=profile)
    shown = sum("overlay" in answer.slots for answer in answers)
    return shown, receipts.filter(yes=True).count(), receipts.count()


@pytest.mark.usefixtures("postgres_database")
def test_eight_tabs_at_once_get_one_popup() -> None:
    """On PostgreSQL, where they really run at once."""
    for _ in range(10):
        assert popups_of_eight_tabs() == (1, 1, TABS)


@pytest.mark.usefixtures("postgres_database")
def test_it_is_the_lock_that_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the check: without the row lock, several tabs say yes."""
    read = vars(sys.modules["clm_plugin.widgets.decide"])["contacts_of"]
    all_know = Barrier(TABS)

    def know(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        all_know.wait(timeout=20)
        return found

    monkeypatch.setattr("clm_plugin.widgets.decide.lock_profile", lambda profile_id: True)
    monkeypatch.setattr("clm_plugin.widgets.decide.contacts_of", know)
    assert popups_of_eight_tabs()[0] == TABS
