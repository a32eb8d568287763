"""Eight tabs that ask at the same moment get one popup between them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from clm_plugin.models import Receipt
from clm_plugin.widgets.api import Answer, Ask, Slot, Surroundings, decide
from tests.widgets.plans import NOW, make_live, make_person, popup_plan

TABS = 8
EXIT = Ask(slots=(Slot(name="overlay"),), signal="exit")


@pytest.mark.usefixtures("postgres_database")
def test_eight_tabs_at_once_get_one_popup() -> None:
    """On PostgreSQL, where they really run at once. Without the row lock several say yes."""
    make_live(popup_plan())
    together = Barrier(TABS)

    def tab(actor: str) -> Answer:
        try:
            together.wait(timeout=10)
            return decide(EXIT, actor=actor, now=NOW, around=Surroundings())
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as pool:
        for _ in range(10):
            profile, actor = make_person()
            answers = list(pool.map(tab, [actor] * TABS))
            assert sum("overlay" in answer.slots for answer in answers) == 1
            receipts = Receipt.objects.filter(profile=profile)
            assert (receipts.filter(yes=True).count(), receipts.count()) == (1, TABS)
