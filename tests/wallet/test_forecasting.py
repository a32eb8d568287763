"""The forecast: hazards by hand, and amounts that always add up to what is owed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.wallet.forecasting import (
    ENOUGH,
    Lives,
    Out,
    forecast,
    hazards,
    share_redeemed,
)
from tests.lengths import examples


def lives(**fields: object) -> Lives:
    return Lives(programme="tea", **{"ended": ENOUGH, **fields})  # type: ignore[arg-type]


def out(minor: int, *, age: int = 0, ends: int | None = 3) -> Out:
    return Out(programme="tea", currency="GBP", age=age, ends=ends, minor=minor)


def test_hazards_are_shares_of_what_reached_the_week() -> None:
    # 1000: 200 redeemed in week 0; of 800 the half in week 1; the rest expired in week 2.
    its = lives(redeemed={0: 200, 1: 400}, other={2: 400})
    assert hazards(its) == pytest.approx((0.2, 0.5, 0.0))
    assert share_redeemed(hazards(its), 2) == pytest.approx(0.6)


def test_what_is_still_out_counts_up_to_its_age() -> None:
    # 400 of 1000 are out and young: there for half of week 0, and not in week 1 at all.
    its = lives(redeemed={0: 200, 1: 400}, left={0: 400})
    assert hazards(its) == pytest.approx((200 / 800, 1.0))


def test_before_opening_nothing_counts() -> None:
    assert hazards(lives(other={-2: 999})) == ()


def test_too_little_history_says_how_much_is_lacking() -> None:
    told = forecast("GBP", [out(1000)], {"tea": Lives(programme="tea", ended=38)}, 4)
    assert (told.more, told.is_told, told.owed) == (12, False, 1000)
    assert [week.expires for week in told.weeks] == [0, 0, 0, 1000]
    assert forecast("GBP", [out(1)], {}, 4).more == ENOUGH


def test_expected_redemption_and_breakage_by_week() -> None:
    its = {"tea": lives(redeemed={0: 500, 1: 250}, other={2: 250})}
    told = forecast("GBP", [out(1000, ends=1)], its, 3)
    assert [(week.redeemed, week.broken, week.left) for week in told.weeks] == [
        (500, 0, 500), (250, 250, 0), (0, 0, 0),
    ]  # fmt: skip
    assert (told.redeemed, told.broken, told.stays) == (750, 250, 0)


def test_credit_that_opens_later_is_not_redeemed_before() -> None:
    its = {"tea": lives(redeemed={0: 500}, other={1: 500})}
    told = forecast("GBP", [out(1000, age=-2, ends=5)], its, 3)
    assert [week.opens for week in told.weeks] == [0, 1000, 0]
    assert [week.redeemed for week in told.weeks] == [0, 0, 500]


def test_credit_that_never_expires_stays() -> None:
    its = {"tea": lives(redeemed={0: 500}, other={1: 500})}
    told = forecast("GBP", [out(1000, ends=None)], its, 2)
    assert (told.redeemed, told.broken, told.stays) == (500, 0, 500)


def test_late_expiry_is_this_weeks() -> None:
    told = forecast("GBP", [out(100, age=9, ends=-2)], {"tea": lives(redeemed={0: 1})}, 2)
    assert told.weeks[0].expires == 100
    assert told.weeks[0].broken == 100


def test_other_currencies_are_left_out() -> None:
    other = Out(programme="kopi", currency="IDR", age=0, ends=1, minor=9)
    assert forecast("GBP", [other], {}, 1).owed == 0


ages = st.dictionaries(st.integers(0, 12), st.integers(0, 10_000), max_size=8)


@settings(max_examples=examples(50))
@given(
    redeemed=ages,
    other=ages,
    left=ages,
    groups=st.lists(
        st.builds(
            out,
            st.integers(1, 10_000),
            age=st.integers(-4, 20),
            ends=st.none() | st.integers(-1, 30),
        ),
        max_size=8,
    ),
)
def test_nothing_is_lost(
    redeemed: dict[int, int], other: dict[int, int], left: dict[int, int], groups: list[Out]
) -> None:
    its = {"tea": lives(redeemed=redeemed, other=other, left=left)}
    told = forecast("GBP", groups, its, 13)
    assert all(0 <= rate <= 1 for rate in hazards(its["tea"]))
    assert told.redeemed + told.broken + told.stays == told.owed == sum(g.minor for g in groups)
    before = told.owed
    for week in told.weeks:
        assert min(week.redeemed, week.broken) >= 0
        assert week.left == before - week.redeemed - week.broken
        before = week.left
    assert before >= -1
