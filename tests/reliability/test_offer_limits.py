"""Limits, budgets and codes under real concurrency: exact, and each code in one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clm_plugin.models import OfferCode, OfferCounter, Redemption
from clm_plugin.offers import api as offers
from tests.factories import NOW
from tests.offers.plans import LATER, plan, publish

if TYPE_CHECKING:
    from pathlib import Path

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


def race(crew: Crew, processes: int, texts: list[str], place: str = "") -> None:
    """So many checkouts, each with its code, all at once; none is given up."""
    orders = [f"{number}0" for number in range(len(texts))]
    parts = split(texts, processes)
    crew.run("take_codes", processes, texts=parts, orders=split(orders, processes), place=place)


@pytest.mark.parametrize(
    ("processes", "checkouts", "limit"),
    [(4, 24, 16), pytest.param(15, 150, 100, marks=pytest.mark.soak)],
)
def test_a_limit_is_used_up_exactly(crew: Crew, processes: int, checkouts: int, limit: int) -> None:
    publish(plan(limits={"total": limit, "per_day": limit + 1, "budget_minor": 7 * limit + 6}))
    race(crew, processes, codes(checkouts))
    assert Redemption.objects.filter(state="confirmed").count() == limit
    assert OfferCounter.objects.get(scope="budget").used == 7 * limit
    assert offers.wrong_counters() == []


@pytest.mark.parametrize("limit", [10])
def test_without_the_conditional_update_it_is_overdrawn(
    crew: Crew, limit: int, tmp_path: Path
) -> None:
    """Red first: read, then write, is not enough."""
    publish(plan(limits={"total": limit}))
    (first,) = codes(1)  # the counter's row is there before the race, or making it would line up
    offers.reserve(code=first, profile_id=None, order_id="first", now=NOW, until=LATER)
    offers.confirm("first", now=NOW)
    race(crew, 4, codes(16), str(tmp_path))
    assert Redemption.objects.filter(state="confirmed").count() > limit
    assert offers.wrong_counters() != []


def test_a_public_code_in_many_checkouts_is_used_as_often_as_it_may(crew: Crew) -> None:
    publish(plan(limits={"total": 10, "per_day": 11, "budget_minor": 7 * 10 + 6}))
    offers.make_public_code(offer="ten", text="SPRING26", now=NOW)
    race(crew, 4, ["spring-26"] * 16)
    done = Redemption.objects.filter(state="confirmed", public_code__written="SPRING26")
    assert done.count() == Redemption.objects.count() == 10
    assert OfferCounter.objects.get(scope="budget").used == 70
    assert offers.wrong_counters() == []


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
    crew.run("take_codes", processes, texts=[texts] * processes, orders=orders)
    done = Redemption.objects.filter(state="confirmed")
    assert done.count() == done.values("code").distinct().count() >= rounds * 2 // 3
    assert not Redemption.objects.filter(state="reserved").exists()
    assert offers.wrong_counters() == []
