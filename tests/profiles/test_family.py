"""Who falls apart when a merge is undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.profiles.family import Label, Link, first_owners, labels, oldest, part_of

BORN = {pid: (datetime(2026, 1, pid, tzinfo=UTC), pid) for pid in range(1, 13)}


def link(record: int, one: int, other: int) -> Link:
    return Link(record=record, one=one, other=other)


def test_a_part_is_who_hangs_together() -> None:
    links = [link(1, 1, 2), link(2, 2, 3), link(3, 4, 5)]
    assert part_of(1, links) == {1, 2, 3}
    assert part_of(5, links) == {4, 5}
    assert part_of(9, links) == {9}
    assert oldest({3, 2, 7}, BORN) == 2


def test_merges_are_told_anew_without_the_undone_one() -> None:
    """A (2) took B (3), then C (1) came by a name of B's: without the first, B went to C."""
    assert labels([link(1, 2, 3), link(2, 3, 1)], BORN) == [
        Label(record=1, survivor=2, merged=3),
        Label(record=2, survivor=1, merged=2),
    ]
    assert labels([link(2, 3, 1)], BORN) == [Label(record=2, survivor=1, merged=3)]


def test_a_row_belongs_to_whom_it_was_with_first() -> None:
    assert first_owners([(3, ["r1", "r2"]), (2, ["r1", "r9"])]) == {"r1": 3, "r2": 3, "r9": 2}


@given(st.data())
def test_each_merge_splits_its_family_in_two(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 12))
    links = [
        link(n, n, data.draw(st.integers(1, n - 1), label=f"link of {n}"))
        for n in range(2, size + 1)
    ]
    cut = data.draw(st.sampled_from(links))
    rest = [each for each in links if each != cut]
    one, other = part_of(cut.one, rest), part_of(cut.other, rest)
    assert one | other == set(range(1, size + 1))
    assert not one & other
    told = labels(rest, {pid: BORN[pid] for pid in one | other})
    # Everybody but the oldest of each part was merged exactly once.
    assert {each.merged for each in told} == (one | other) - {min(one), min(other)}
    assert len(told) == len(rest)


def test_ties_go_to_the_smaller_id() -> None:
    same = {pid: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0), pid) for pid in (4, 5)}
    assert oldest({5, 4}, same) == 4
