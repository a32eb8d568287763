"""Credit by hand at once on PostgreSQL: a limit is not passed by two clicks in one moment.

The red checks meet at a barrier between the question and the writing, so they are always lost.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction

from clm_plugin.models import GrantRequest
from clm_plugin.upsert import is_conflict
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import merging, requesting
from clm_plugin.wallet.api import Staff, Wish
from tests.wallet.ledger import NOW, TEA, free, gbp, new_key, person
from tests.wallet.racing import at_once, no_locks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

LIMIT = 25


def give_twice_at_once(monkeypatch: pytest.MonkeyPatch, *, patience: float) -> list[str]:
    """20 pounds to each of two people by one person who may give 25 a day; the states."""
    user = get_user_model().objects.create_user(f"eve-{new_key()}")
    eve = Staff(id=str(user.pk), name="eve", limit=LIMIT)
    meeting, asked = threading.Barrier(2), requesting.alone_left

    def alone_left(*args: Any, **kwargs: Any) -> int:
        found = asked(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(patience)
        return found

    monkeypatch.setattr(requesting, "alone_left", alone_left)
    wishes = [
        Wish(kind="grant", programme=TEA, amount=gbp(2000), reason="a cup", profile_id=person())
        for _ in range(2)
    ]
    rows = at_once(
        *[lambda wish=wish: wallet.ask(wish, key=new_key(), by=eve, now=NOW) for wish in wishes]
    )
    assert [each for each in rows if isinstance(each, BaseException)] == []
    given = [free(wish.profile_id) for wish in wishes if wish.profile_id]
    assert sum(given) == 2000 * sum(row.state == "approved" for row in rows)
    return sorted(row.state for row in rows)


def test_two_grants_at_once_never_pass_the_limit_of_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    # The second waits for the first one's lock, so the first waits for nobody at the barrier.
    assert give_twice_at_once(monkeypatch, patience=0.3) == ["approved", "waiting"]


def test_red_without_the_lock_both_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    with no_locks():
        assert give_twice_at_once(monkeypatch, patience=20) == ["approved", "approved"]


def test_a_merge_gives_way_to_who_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who agrees has the request and then wants the person: a merge that has the person does not
    wait for the request."""
    monkeypatch.setattr(merging, "_TRIES", 0)
    jane, phone = person(), person()
    wish = Wish(kind="grant", programme=TEA, amount=gbp(9000), reason="a cup", profile_id=phone)
    row = wallet.ask(wish, key=new_key(), by=Staff(id="1", name="eve", limit=LIMIT), now=NOW)
    agreeing, merged = threading.Event(), threading.Event()

    def agree() -> bool:
        with transaction.atomic():
            GrantRequest.objects.select_for_update().get(pk=row.pk)
            agreeing.set()
            return merged.wait(10)

    def merge() -> None:
        assert agreeing.wait(20)
        try:
            with transaction.atomic():
                wallet.move(phone, jane)
        finally:
            merged.set()

    gave_way_in_time, found = at_once(agree, merge)
    assert gave_way_in_time is True
    assert isinstance(found, OperationalError)
    assert is_conflict(found)
