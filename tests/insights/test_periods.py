"""Whole days, cut off where nothing is known yet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clm_plugin.insights.api import LONGEST, Period, between, bounds, last_days

TODAY = date(2026, 11, 21)


def test_last_days_hold_today() -> None:
    period = last_days(7, TODAY)
    assert (period.since, period.until, period.days) == (date(2026, 11, 15), TODAY, 7)
    assert period.eve == date(2026, 11, 14)
    assert period.previous == Period(date(2026, 11, 8), date(2026, 11, 14))
    assert period.each()[0] == period.since
    assert period.each()[-1] == TODAY


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (date(2026, 11, 1), date(2026, 11, 3), Period(date(2026, 11, 1), date(2026, 11, 3))),
        (date(2026, 11, 3), date(2026, 11, 1), Period(date(2026, 11, 1), date(2026, 11, 3))),
        (date(2026, 11, 20), date(2027, 1, 1), Period(date(2026, 11, 20), TODAY)),
        (date(2027, 1, 1), date(2027, 2, 1), Period(TODAY, TODAY)),
    ],
)
def test_between(since: date, until: date, found: Period) -> None:
    assert between(since, until, TODAY) == found


def test_no_address_asks_for_more_than_the_longest() -> None:
    assert between(date(1, 1, 1), date(9999, 12, 31), TODAY).days == LONGEST


def test_a_period_has_an_order() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(TODAY, date(2026, 11, 20))


def test_bounds_follow_the_shops_clock() -> None:
    zone = ZoneInfo("Europe/London")
    assert bounds(Period(date(2026, 10, 25), date(2026, 10, 25)), zone) == (
        datetime(2026, 10, 24, 23, tzinfo=UTC),  # the day the clocks go back has 25 hours
        datetime(2026, 10, 26, 0, tzinfo=UTC),
    )
