"""When credit opens and expires: a table, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clm_plugin.wallet.plan import Expiry
from clm_plugin.wallet.terms import end_of_day, last_day, terms
from tests.wallet.test_earning import NOW, programme


@pytest.mark.parametrize(
    ("zone", "at", "days", "expires"),
    [
        ("Europe/London", datetime(2026, 3, 20, 23, 30, tzinfo=UTC), 10, "2026-03-30T23:00:00"),
        ("Europe/London", datetime(2026, 3, 1, 12, tzinfo=UTC), 10, "2026-03-12T00:00:00"),
        ("America/New_York", datetime(2026, 3, 1, 3, tzinfo=UTC), 1, "2026-03-02T05:00:00"),
        ("Asia/Tokyo", datetime(2026, 3, 1, 15, tzinfo=UTC), 0, "2026-03-02T15:00:00"),
    ],
)
def test_credit_expires_at_midnight_of_the_shop(
    zone: str, at: datetime, days: int, expires: str
) -> None:
    """Case 36: also over the change of the clocks; the printed day is the last good one."""
    end = datetime.fromisoformat(expires).replace(tzinfo=UTC)
    assert end_of_day(at, zone, days=days) == end
    assert end_of_day(last_moment := end - timedelta(microseconds=1), zone) == end
    assert last_day(end, zone) == last_day(last_moment + timedelta(microseconds=1), zone)


def test_terms_wait_for_the_return_window_and_for_the_redeem_window() -> None:
    plan = programme(pending_days=14, expiry=Expiry(kind="days", days=10), zone="Europe/London")
    found = terms(plan, NOW)
    assert found is not None
    assert found.opens_at == NOW + timedelta(days=14)
    assert found.expires_at == datetime(2026, 4, 13, 23, tzinfo=UTC)
    assert last_day(found.expires_at, plan.zone).isoformat() == "2026-04-13"
    later = replace(plan, redeem_from=NOW + timedelta(days=30))
    waiting = terms(later, NOW)
    assert waiting is not None
    assert waiting.opens_at == NOW + timedelta(days=30)
    short = replace(plan, redeem_until=NOW + timedelta(days=15))
    cut = terms(short, NOW)
    assert cut is not None
    assert cut.expires_at == NOW + timedelta(days=15)
    assert terms(replace(plan, redeem_until=NOW + timedelta(days=14)), NOW) is None
