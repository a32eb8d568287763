"""Days that come back, and what orders point to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.profiles.life_rules import (
    in_year,
    inferred_until,
    month_day,
    next_occurrence,
    read_date,
)


@pytest.mark.parametrize(
    ("on", "today", "yearly", "wanted"),
    [
        ("1990-05-01", "2026-04-30", True, "2026-05-01"),
        ("1990-05-01", "2026-05-01", True, "2026-05-01"),
        ("1990-05-01", "2026-05-02", True, "2027-05-01"),
        ("2027-05-01", "2026-05-02", True, "2027-05-01"),
        ("2026-05-01", "2026-05-02", False, None),
        ("2026-05-01", "2026-05-01", False, "2026-05-01"),
        ("2000-02-29", "2026-01-01", True, "2026-02-28"),
        ("2000-02-29", "2026-03-01", True, "2027-02-28"),
        ("2000-02-29", "2027-03-01", True, "2028-02-29"),
        ("2000-02-29", "2028-02-29", True, "2028-02-29"),
        ("2000-02-29", "2026-02-28", True, "2026-02-28"),
        ("1999-12-31", "2026-12-31", True, "2026-12-31"),
        ("1999-01-01", "2026-12-31", True, "2027-01-01"),
    ],
)
def test_next_occurrence(on: str, today: str, yearly: bool, wanted: str | None) -> None:
    found = next_occurrence(date.fromisoformat(on), date.fromisoformat(today), yearly=yearly)
    assert found == (date.fromisoformat(wanted) if wanted else None)


_days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(_days, _days)
def test_a_yearly_day_comes_once_a_year(on: date, today: date) -> None:
    found = next_occurrence(on, today, yearly=True)
    assert found is not None
    assert found >= today
    assert found == on or (found - today).days <= 366
    assert (found.month, found.day) in {(on.month, on.day), (2, 28)}
    assert in_year(on, found.year) == found or found == on


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("2026-05-01T10:00:00Z", date(2026, 5, 1)),
        ("", None),
        ("soon", None),
        ("0999-01-01", None),
        ("2026-02-30", None),
        ("01/05/2026", None),
    ],
)
def test_dates(text: str, wanted: date | None) -> None:
    assert read_date(text) == wanted


def test_a_day_without_its_year_sorts() -> None:
    assert month_day(date(2000, 2, 29)) == 229
    assert month_day(None) is None


def test_orders_point_to_an_event_while_they_stand_close() -> None:
    at, within = datetime(2026, 5, 1, tzinfo=UTC), timedelta(days=30)
    assert inferred_until(at, at - timedelta(days=10), within) == at + timedelta(days=20)
    assert inferred_until(at, at - within, within) == at
    assert inferred_until(at, at - timedelta(days=31), within) is None
