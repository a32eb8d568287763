"""What time makes due: expiry, holds that nobody came back for, notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from clm_plugin.models import Hold, Lot, Transaction
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import telling
from clm_plugin.wallet.api import News
from clm_plugin.wallet.notices import due_notices, next_notice
from tests.wallet.ledger import NOW, days, free, give, pay, person, set_aside

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[News]:
    found: list[News] = []

    def hear(news: Sequence[News]) -> None:
        found.extend(news)

    monkeypatch.setattr(telling, "_hearers", [hear])
    return found


def test_what_is_left_expires_at_its_time_and_once(told: list[News]) -> None:
    jane = person()
    end = NOW + days(30)
    give(jane, 1000, expires_at=end)
    pay(jane, 400, "1")
    assert wallet.expire_due(now=end - MOMENT) == 0
    assert free(jane, now=end - MOMENT) == 600
    assert free(jane, now=end) == 0, "the date is the truth, not the sweep"
    assert wallet.expire_due(now=end) == 1
    assert wallet.expire_due(now=end) == 0
    assert [m.amount_minor for m in wallet.history(jane) if m.kind == "expire"] == [-600]
    (news,) = [each for each in told if each.kind == "expire"]
    assert (news.profile_id, news.amount_minor) == (jane, 600)


def test_what_is_held_expires_when_it_is_released(told: list[News]) -> None:
    jane = person()
    give(jane, 1000, expires_at=NOW + days(1))
    held = set_aside(jane, 300)
    later = NOW + days(2)
    assert wallet.expire_due(now=later) == 1
    assert Lot.objects.get().remaining_minor == 300
    wallet.release(hold_key=held.key, now=later, reason="declined")
    assert wallet.expire_due(now=later) == 1
    assert [each.amount_minor for each in told if each.kind == "expire"] == [700, 300]


def test_what_a_crash_left_is_released() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 300, expires_at=NOW + timedelta(minutes=30))
    assert wallet.next_due() == held.expires_at
    assert wallet.release_due(now=held.expires_at - MOMENT) == 0
    assert wallet.release_due(now=held.expires_at) == 1
    assert wallet.release_due(now=held.expires_at) == 0
    assert free(jane) == 1000
    assert Hold.objects.get().reason == "timed out"


def test_batches_do_not_forget() -> None:
    for _ in range(5):
        jane = person()
        give(jane, 100, expires_at=NOW + days(1))
        set_aside(jane, 50)
    later = NOW + days(2)
    assert [wallet.release_due(now=later, limit=3) for _ in range(3)] == [3, 2, 0]
    assert [wallet.expire_due(now=later, limit=3) for _ in range(3)] == [3, 2, 0]
    assert [wallet.notice_due(now=later, limit=3) for _ in range(2)] == [0, 0]
    assert wallet.next_due() is None


@pytest.mark.usefixtures("told")
def test_expiry_of_many_costs_no_more_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(20):
        give(person(), 100, expires_at=NOW + days(1))
    with django_assert_num_queries(12, exact=False):
        assert wallet.expire_due(now=NOW + days(2)) == 20


def test_owners_are_told_when_it_opens_and_before_it_ends(told: list[News]) -> None:
    jane = person()
    lot = give(jane, 500, opens_at=NOW + days(14), expires_at=NOW + days(44)).shares[0].lot_id
    del told[:]
    seen = []
    while (at := wallet.next_due()) != NOW + days(44):
        assert at == Lot.objects.get(pk=lot).due_at
        assert at is not None
        assert wallet.notice_due(now=at - MOMENT) == 0
        assert wallet.notice_due(now=at) == 1
        seen.append((at - NOW, told[-1].kind, told[-1].days, told[-1].amount_minor))
    assert seen == [
        (days(14), "opened", 0, 500),
        (days(37), "expiring", 7, 500),
        (days(43), "expiring", 1, 500),
    ]
    assert len(told) == 3
    assert wallet.notice_due(now=NOW + days(44)) == 0
    assert wallet.expire_due(now=NOW + days(44)) == 1
    assert wallet.next_due() is None


def test_of_spent_credit_nobody_is_told(told: list[News]) -> None:
    jane = person()
    give(jane, 500, expires_at=NOW + days(30))
    pay(jane, 500, "1")
    del told[:]
    wallet.notice_due(now=NOW + days(24))
    assert told == []


@pytest.mark.parametrize(
    ("opens", "ends", "since", "now", "expected"),
    [
        (0, 30, 0, 0, [("opened", 0)]),
        (0, 30, 23, 23, [("expiring", 7)]),
        (0, 30, 23, 29, [("expiring", 1)]),  # after a pause: the last warning says it all
        (0, 30, 0, 29, [("opened", 0), ("expiring", 1)]),
        (0, 30, 23, 30, []),  # over: no warning any more
        (0, 7, 0, 1, [("opened", 0)]),  # opens as the week begins: that says it
        (0, None, 0, 99, [("opened", 0)]),
    ],
)
def test_notices(
    opens: int, ends: int | None, since: int, now: int, expected: list[tuple[str, int]]
) -> None:
    end = None if ends is None else NOW + days(ends)
    at = NOW + days(opens)
    assert due_notices(at, end, since=NOW + days(since), now=NOW + days(now)) == expected
    if expected:
        assert (after := next_notice(at, end, after=NOW + days(now))) is None or after > NOW


def test_a_hearer_that_fails_undoes_the_posting(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(news: Sequence[News]) -> None:
        raise RuntimeError("no event, no posting")

    monkeypatch.setattr(telling, "_hearers", [fail])
    with pytest.raises(RuntimeError):
        give(person(), 100)
    assert not Transaction.objects.exists()
