"""Days by the shop's clock, the zone printed (reliability, case 36)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clm_plugin.statements.days import moment, short_day, until, zone_of
from tests.statements.words import plan

LONDON, KOLKATA, SYDNEY = (
    ZoneInfo("Europe/London"),
    ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Australia/Sydney"),
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year, month, day are there


@pytest.mark.parametrize(
    ("end", "zone", "words"),
    [
        (utc(2026, 12, 1), LONDON, "30 November 2026, end of the day (GMT)"),
        (utc(2026, 6, 30, 23), LONDON, "30 June 2026, end of the day (BST)"),
        # The clocks change in the night: the day that ends is named by its evening.
        (utc(2026, 10, 25, 0, 0), ZoneInfo("UTC"), "24 October 2026, end of the day (UTC)"),
        (utc(2026, 10, 24, 23), LONDON, "24 October 2026, end of the day (BST)"),
        (utc(2026, 10, 26), LONDON, "25 October 2026, end of the day (GMT)"),
        (utc(2026, 11, 30, 18, 30), KOLKATA, "30 November 2026, end of the day (IST)"),
        (utc(2026, 11, 30, 13), SYDNEY, "30 November 2026, end of the day (AEDT)"),
        (utc(2026, 11, 30, 14, 5), LONDON, "30 November 2026, 14:05 (GMT)"),
        (utc(2026, 11, 30, 12), ZoneInfo("Asia/Kathmandu"), "30 November 2026, 17:45 (UTC+05:45)"),
    ],
)
def test_case_36_until_names_the_last_day_and_the_zone(
    end: datetime, zone: ZoneInfo, words: str
) -> None:
    assert until(end, zone) == words


def test_a_beginning_is_its_own_day() -> None:
    assert moment(utc(2026, 12, 1), LONDON) == "1 December 2026 (GMT)"
    assert moment(utc(2026, 12, 6, 9, 12), LONDON) == "6 December 2026, 09:12 (GMT)"


def test_the_chip_says_the_year_only_when_it_is_another() -> None:
    now = utc(2026, 11, 22, 12)
    assert short_day(utc(2026, 12, 1), LONDON, now) == "30 November"
    assert short_day(utc(2027, 1, 1), LONDON, now) == "31 December"
    assert short_day(utc(2027, 1, 2), LONDON, now) == "1 January 2027"


def test_a_zone_that_is_none_is_utc() -> None:
    assert zone_of(plan(zone="Nowhere/Land")).key == "UTC"
