"""What publishing a programme would change, told before it is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clm_plugin.profiles.models import ItemFact, OrderFact, Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.describing import Names, described
from tests.wallet.test_programmes import authored

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> int:
    return Profile.objects.create(created_at=NOW).pk


def order(pid: int, number: str, minor: int, ago: int, **fields: Any) -> None:
    row = OrderFact.objects.create(
        order_id=number, profile_id=pid, placed_at=NOW - timedelta(days=ago), currency="GBP",
        total_minor=minor, **fields,
    )  # fmt: skip
    ItemFact.objects.create(
        order=row, product_id=number, category_id="7", quantity=1, total_minor=minor
    )


def test_the_draft_is_played_over_the_orders_of_ninety_days(person: int) -> None:
    order(person, "a", 120_00, 1)
    order(person, "b", 60_00, 2, refunded_minor=30_00)
    order(person, "c", 20_00, 60)
    order(person, "d", 500_00, 91)
    order(person, "e", 500_00, 3, cancelled_at=NOW)
    plan = compile_programme(authored(pending_days=14, expiry_days=76))
    found = wallet.effects(plan, None, now=NOW)
    draft = found.draft
    assert (draft.orders, draft.earning, draft.issued_minor) == (3, 2, 30_00)
    assert draft.back_minor == 5_00
    assert sum(draft.weeks) == 30_00
    assert draft.weeks[-1] == 30_00
    assert draft.worst_minor == 30_00  # it lives for 90 days: all of it at once
    assert found.live is None


def test_it_is_set_against_the_live_version_with_its_caps(person: int) -> None:
    for number in range(4):
        order(person, f"o{number}", 100_00, number)
    live = compile_programme(authored(min_order=Decimal(200)))
    draft = compile_programme(authored(cap_customer=Decimal(50), budget=Decimal(1000)))
    found = wallet.effects(draft, live, now=NOW)
    assert found.live is not None
    assert (found.live.issued_minor, found.live.left_out["min_order"]) == (0, 4)
    assert (found.draft.issued_minor, found.draft.left_out["cap_customer"]) == (50_00, 2)


def test_without_expiry_there_is_no_worst_case_but_the_budget(person: int) -> None:
    order(person, "a", 120_00, 1)
    endless = compile_programme(authored(expiry_kind="never"))
    assert wallet.effects(endless, None, now=NOW).draft.worst_minor is None
    bounded = replace(endless, budget_minor=500_00)
    assert wallet.effects(bounded, None, now=NOW).draft.worst_minor == 500_00


def test_the_orders_are_read_in_two_queries_however_many(
    person: int, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        order(person, f"o{number}", 100_00, number)
    plan = compile_programme(authored())
    with django_assert_num_queries(3):  # orders, their lines, what is outstanding
        wallet.effects(plan, None, now=NOW)


def test_every_field_is_told_in_words_and_only_what_differs_is_a_difference() -> None:
    one = compile_programme(authored())
    assert wallet.differences(one, one, Names()) == []
    two = compile_programme(authored(pending_days=30, budget=Decimal(100)))
    changed = {each.label: (each.before, each.after) for each in
               wallet.differences(one, two, Names())}  # fmt: skip
    assert changed == {
        "At most in all": ("no limit", "£100.00"),
        "Opens after": ("14 days", "30 days"),
    }
    labels = [label for label, _ in described(two, Names())]
    assert len(labels) == len(set(labels)) == len(wallet.differences(None, two, Names()))
