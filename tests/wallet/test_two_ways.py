"""Holding and capturing are written twice, for PostgreSQL and for SQLite: they do the same.

Both run on PostgreSQL here, one after the other on the same credit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_plugin.models import Account, Hold, HoldShare, Lot, Posting, Transaction
from clm_plugin.wallet import by_function, by_statement
from clm_plugin.wallet.booking import CaptureDraft, HoldDraft
from clm_plugin.wallet.errors import NotEnough
from tests.lengths import examples
from tests.wallet.ledger import NOW, give, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no functions"),
]
PROGRAMMES = st.sampled_from(["tea", "coffee", "cake"])
LOTS = st.lists(
    st.tuples(
        PROGRAMMES,
        st.integers(1, 60),
        st.integers(-4, -2),
        st.sampled_from([-1, -1, 0, 1]),
        st.sampled_from([0, 2, 2, 3, None]),
    ),
    min_size=1,
    max_size=7,
)
"""(programme, minor units, granted, opens, ends): hours from now, few, so that they meet"""
MOST = st.none() | st.dictionaries(PROGRAMMES, st.integers(0, 90))


def given_to(jane: int, lots: list[tuple[str, int, int, int, int | None]]) -> None:
    for programme, minor, granted, opens, ends in lots:
        at, opens_at = NOW + timedelta(hours=granted), NOW + timedelta(hours=opens)
        until = None if ends is None else NOW + timedelta(hours=max(ends, opens + 1))
        give(jane, minor, programme=programme, now=at, opens_at=opens_at, expires_at=until)


def books() -> list[list[Any]]:
    """All that a hold and a capture may change, without the numbers that a second try counts on."""
    return [
        list(rows.order_by("id").values_list(*fields))
        for rows, fields in (
            (Lot.objects, ("id", "remaining_minor", "held_minor")),
            (Account.objects, ("id", "balance_minor", "held_minor")),
            (Hold.objects, _columns(Hold)),
            (HoldShare.objects, ("lot_id", "amount_minor")),
            (Transaction.objects, _columns(Transaction)),
            (Posting.objects, ("account_id", "lot_id", "amount_minor")),
        )
    ]


def _columns(model: type[Any]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


def undone(job: Callable[[], Any]) -> Any:
    with transaction.atomic():
        found = job()
        transaction.set_rollback(True)
    return found


def held_and_paid(
    way: ModuleType, jane: int, asked: int, most: dict[str, int] | None, paid: int
) -> Any:
    """What both steps answer, and the books after each."""
    draft = HoldDraft("k", "f", jane, "GBP", asked, "1", NOW, NOW + timedelta(hours=1))
    after: list[Any] = []
    try:
        shares = way.hold(draft, most)
    except NotEnough as none:
        after += [str(none), books()]
        if not none.available_minor:
            return after
        draft = draft._replace(minor=none.available_minor)
        shares = way.hold(draft, most)
    after += [shares, books()]
    capture = CaptureDraft("k", min(paid, draft.minor), "c", "f", NOW, "2")
    assert way.capture(capture._replace(minor=201)) is None
    assert way.capture(capture._replace(hold_key="another")) is None
    assert books() == after[-1]
    after += [way.capture(capture)[1:], books()]
    assert way.hold(draft, most) is None
    assert way.capture(capture) is None
    return after


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lots=LOTS, asked=st.integers(1, 200), most=MOST, paid=st.integers(1, 200))
def test_both_ways_choose_the_same_lots_and_write_the_same_books(
    lots: list[tuple[str, int, int, int, int | None]],
    asked: int,
    most: dict[str, int] | None,
    paid: int,
) -> None:
    def compare() -> None:
        jane = person()
        given_to(jane, lots)
        first, second = (
            undone(partial(held_and_paid, way, jane, asked, most, paid))
            for way in (by_statement, by_function)
        )
        assert first == second

    undone(compare)


def test_what_was_released_is_set_aside_anew_in_the_same_way() -> None:
    jane = person()
    given_to(jane, [("tea", 50, -2, 0, 3), ("coffee", 50, -2, 0, 2), ("tea", 50, -2, 0, None)])

    def anew(way: ModuleType) -> Any:
        empty = Hold.objects.create(
            key="k", profile_id=jane, currency="GBP", amount_minor=105, held_at=NOW, expires_at=NOW
        )
        return way.set_aside(empty.pk, jane, "GBP", 105, now=NOW, most={"tea": 60, "coffee": 60})

    found = undone(lambda: anew(by_function))
    assert [share.amount_minor for share in found] == [50, 50, 5]
    assert found == undone(lambda: anew(by_statement))
