"""Every group as SQL and person by person: the same people, at every edge; and until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_plugin.segments.api import (
    KINDS,
    Condition,
    Group,
    Subject,
    holds,
    matching,
    next_change,
    read_subjects,
)
from clm_plugin.segments.conditions import StoreCredit
from tests.lengths import examples
from tests.segments.crowd import MICRO, NOW, WINDOWS, gather
from tests.segments.strategies import BY_KIND, conditions, groups, on_rows

pytestmark = pytest.mark.django_db
many = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
seeds = st.integers(0, 2**32)


@contextmanager
def crowd(seed: int, size: int = 20) -> Iterator[list[int]]:
    """People of one example; what it wrote is rolled back."""
    with transaction.atomic():
        yield gather(Random(seed), size)
        transaction.set_rollback(True)


def asked(ids: list[int], node: Group | Condition, at: datetime = NOW) -> dict[int, bool]:
    subjects = read_subjects(ids, [node], at)
    return {pid: holds(node, subject, at) for pid, subject in subjects.items()}


@many
@given(
    seeds,
    st.lists(groups() | groups(of=on_rows), min_size=1, max_size=12),
)
def test_sql_and_predicate_agree(seed: int, drawn: list[Group]) -> None:
    with crowd(seed) as ids:
        for group in drawn:
            one_by_one = {pid for pid, found in asked(ids, group).items() if found}
            assert set(matching(group, NOW).values_list("pk", flat=True)) == one_by_one, group


@many
@given(seeds, st.lists(conditions, min_size=1, max_size=20))
def test_each_condition_and_its_opposite_part_the_crowd(seed: int, drawn: list[Condition]) -> None:
    """Nobody is lost between a condition and its negation: NULL is neither true nor false."""
    with crowd(seed) as ids:
        everybody = set(read_subjects(ids, [], NOW))
        for condition in drawn:
            inside = set(matching(condition, NOW).values_list("pk", flat=True))
            opposite = Group("none", (condition,))
            assert set(matching(opposite, NOW).values_list("pk", flat=True)) == everybody - inside
            assert {pid for pid, found in asked(ids, condition).items() if found} == inside


@many
@given(seeds, st.lists(groups(), min_size=1, max_size=6), st.lists(st.integers(1, 10**14)))
def test_nothing_changes_before_next_change(
    seed: int, drawn: list[Group], micros: list[int]
) -> None:
    with crowd(seed, 12) as ids:
        for group in drawn:
            for subject in read_subjects(ids, [group], NOW).values():
                until = next_change(group, subject, NOW)
                assert until is None or until > NOW
                now_in = holds(group, subject, NOW)
                for moment in _moments(until, micros):
                    assert holds(group, subject, moment) is now_in, (group, moment, until)


def _moments(until: datetime | None, micros: list[int]) -> Iterator[datetime]:
    """Edges of every window, and random moments, from now until just before ``until``."""
    edges = {
        NOW + timedelta(days=days + shift) + MICRO * n
        for days in (*WINDOWS, 0, 2, 29, 400)
        for shift in (0, 1, 3, 365)
        for n in (-1, 0, 1)
    }
    edges |= {NOW + MICRO * n for n in micros}
    edges |= {(NOW + timedelta(days=n)).replace(hour=0) for n in range(1, 6)}
    if until is not None:
        edges.add(until - MICRO)
    return (at for at in edges if at > NOW and (until is None or at < until))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_crowd_tells_every_kind_apart(kind: type[Condition]) -> None:
    """A property holds for nothing if nobody ever matches: each kind has people in and out."""
    found = {True: 0, False: 0}

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,  # whether a rare kind is met must not be a matter of luck
        suppress_health_check=list(HealthCheck),
    )
    @given(seeds, st.lists(BY_KIND[kind], min_size=1))
    def look(seed: int, drawn: list[Condition]) -> None:
        if all(found.values()):
            return
        with crowd(seed, 8) as ids:
            for condition in drawn:
                for answer in asked(ids, condition).values():
                    found[answer] += 1

    look()
    assert all(found.values()), found
    assert BY_KIND.keys() == set(KINDS)


@pytest.mark.parametrize("least", [0, -1])
def test_not_at_least_nothing_is_nobody(least: int) -> None:
    """An empty Q stands for everybody, and so does its opposite."""
    everybody, nobody = (StoreCredit(min_minor=least, is_so=is_so) for is_so in (True, False))
    with crowd(7) as ids:
        subjects = set(read_subjects(ids, [], NOW))
        assert set(matching(everybody, NOW).values_list("pk", flat=True)) == subjects
        assert not matching(nobody, NOW).exists()
        assert not any(asked(ids, nobody).values())


def test_merged_people_are_nobody() -> None:
    with crowd(7, 30) as ids:
        subjects = read_subjects(ids, [], NOW)
        everybody = Group("none", ())
        assert 0 < len(subjects) < len(ids)
        assert set(matching(everybody, NOW).values_list("pk", flat=True)) == set(subjects)
        assert not matching(Group("any", ()), NOW).exists()
        assert all(isinstance(subject, Subject) for subject in subjects.values())
