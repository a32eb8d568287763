"""The arithmetic of time: leap days, years that turn, edges of windows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clm_plugin.segments.windows import (
    inside,
    month_day,
    month_days,
    occurrences,
    soonest,
    today,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
days = st.dates(date(1996, 1, 1), date(2104, 12, 31))


born_on = st.just(date(1972, 2, 29)) | st.dates(date(1950, 1, 1), date(1995, 12, 31))
late_winter = st.dates(date(2026, 2, 20), date(2026, 3, 5)) | st.dates(
    date(2028, 2, 20), date(2028, 3, 5)
)


@example(date(2026, 2, 25), 3, date(1972, 2, 29))  # the last day is the one that stands in
@example(date(2028, 2, 25), 3, date(1972, 2, 29))
@given(days | late_winter, st.integers(0, 12) | st.integers(0, 400), born_on)
def test_a_day_of_the_year_is_in_the_window_when_it_falls_on_one_of_its_dates(
    first: date, length: int, born: date
) -> None:
    last = first + timedelta(days=length)
    wanted = month_day(born)
    found = any(low <= wanted <= high for low, high in month_days(first, last))
    falls = list(occurrences(born, range(first.year - 1, last.year + 2)))
    # A year and a day holds every day of the year, whatever leap days do.
    assert found == (length >= 365 or any(first <= day <= last for day in falls))


@pytest.mark.parametrize(
    ("on", "year", "falls"),
    [
        (date(2024, 2, 29), 2028, date(2028, 2, 29)),
        (date(2024, 2, 29), 2026, date(2026, 2, 28)),
        (date(1990, 5, 1), 2026, date(2026, 5, 1)),
        (date(2027, 5, 1), 2026, None),
        (date(2024, 2, 29), 2100, date(2100, 2, 28)),
    ],
)
def test_when_a_yearly_day_falls(on: date, year: int, falls: date | None) -> None:
    assert list(occurrences(on, [year])) == ([falls] if falls else [])


def test_something_leaves_a_window_exactly_when_its_days_are_over() -> None:
    at = NOW - timedelta(days=3)
    assert not inside(at, NOW, 3)
    assert inside(at + MICRO, NOW, 3)
    assert inside(at, NOW - MICRO, 3)
    assert inside(at, NOW, None)


def test_the_soonest_is_still_to_come() -> None:
    assert soonest([NOW, NOW - MICRO, None], NOW) is None
    assert soonest([NOW + MICRO, NOW + 2 * MICRO, NOW], NOW) == NOW + MICRO


def test_today_is_the_day_in_utc() -> None:
    from zoneinfo import ZoneInfo

    assert today(datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("America/New_York"))) == date(
        2026, 11, 22
    )
