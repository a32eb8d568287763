"""Limits, budgets and codes under real concurrency: exact, and each code in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clm_plugin.models import OfferCode, OfferCounter, Redemption
from clm_plugin.offers import api as offers
from tests.factories import NOW
from tests.offers.plans import plan, publish

if TYPE_CHECKING:
    from tests.reliability.crew import Crew

pytestmark = pytest.mark.django_db(transaction=True)
Split = list[list[str]]


def codes(number: int) -> list[str]:
    batch = offers.start_batch(offer="ten", wanted=number, now=NOW)
    while offers.make_codes(batch.pk, now=NOW):
        pass
    return list(OfferCode.objects.filter(batch=batch).values_list("text", flat=True))


def split(items: list[str], parts: int) -> Split:
    return [items[part::parts] for part in range(parts)]


def race(crew: Crew, processes: int, checkouts: int, *, exact: bool = True) -> None:
    """Every checkout with a code of its own, all at once; none is given up."""
    orders = [f"{number}0" for number in range(checkouts)]
    crew.run(
        "take_codes",
        processes,
        texts=split(codes(checkouts), processes),
        orders=split(orders, processes),
        exact=exact,
    )


@pytest.mark.parametrize(
    ("processes", "checkouts", "limit"),
    [(4, 24, 16), pytest.param(15, 150, 100, marks=pytest.mark.soak)],
)
def test_a_limit_is_used_up_exactly(crew: Crew, processes: int, checkouts: int, limit: int) -> None:
    publish(plan(limits={"total": limit, "per_day": limit + 1, "budget_minor": 7 * limit + 6}))
    race(crew, processes, checkouts)
    assert Redemption.objects.filter(state="confirmed").count() == limit
    assert OfferCounter.objects.get(scope="budget").used == 7 * limit
    assert offers.wrong_counters() == []


@pytest.mark.parametrize("limit", [10])
def test_without_the_conditional_update_it_is_overdrawn(crew: Crew, limit: int) -> None:
    """Red first: read, then write, is not enough."""
    publish(plan(limits={"total": limit}))
    race(crew, 4, 24, exact=False)
    assert Redemption.objects.filter(state="confirmed").count() > limit
    assert offers.wrong_counters() != []


@pytest.mark.parametrize(
    ("processes", "rounds"), [(4, 6), pytest.param(8, 40, marks=pytest.mark.soak)]
)
def test_a_code_in_many_sessions_is_in_one_order(crew: Crew, processes: int, rounds: int) -> None:
    """Some orders come to nothing (their number ends in 3), and the code goes on to the next."""
    publish(plan(limits={"total": rounds}))
    texts = codes(rounds)
    orders = [
        [f"{who}-{turn}-{3 if (who + turn) % 3 == 0 else 0}" for turn in range(rounds)]
        for who in range(processes)
    ]
    crew.run("take_codes", processes, texts=[texts] * processes, orders=orders, exact=True)
    done = Redemption.objects.filter(state="confirmed")
    assert done.count() == done.values("code").distinct().count() >= rounds * 2 // 3
    assert not Redemption.objects.filter(state="reserved").exists()
    assert offers.wrong_counters() == []
