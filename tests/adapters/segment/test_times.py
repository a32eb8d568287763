"""Clocks do not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.adapters.segment.times import PUBLIC_MEMORY, clamped, happened_at
from clm_plugin.events.limits import EARLIEST
from tests.adapters.segment.conftest import NOW

HOUR = timedelta(hours=1)


def text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("message", "sent", "expected"),
    [
        ({}, None, NOW),
        ({"timestamp": text(NOW - HOUR)}, None, NOW - HOUR),
        ({"timestamp": text(NOW - HOUR)}, text(NOW), NOW - HOUR),
        # A clock that is three hours fast, then one that is a year slow.
        ({"timestamp": text(NOW + 2 * HOUR)}, text(NOW + 3 * HOUR), NOW - HOUR),
        ({"timestamp": text(NOW - 8761 * HOUR)}, text(NOW - 8760 * HOUR), NOW - HOUR),
        ({"originalTimestamp": text(NOW + 2 * HOUR)}, text(NOW + 3 * HOUR), NOW - HOUR),
        # Corrected by somebody already.
        (
            {"timestamp": text(NOW - HOUR), "originalTimestamp": text(NOW + 9 * HOUR)},
            text(NOW + 10 * HOUR),
            NOW - HOUR,
        ),
        # The message's own word on its sending goes first; a naive time is UTC.
        ({"timestamp": text(NOW), "sentAt": text(NOW + HOUR)}, text(NOW), NOW - HOUR),
        ({"timestamp": "2026-11-22T11:00:00"}, None, NOW - HOUR),
        ({"timestamp": "2026-11-22T16:30:00+05:30"}, None, NOW - HOUR),
        # Happened after it was sent.
        ({"timestamp": text(NOW + HOUR)}, text(NOW), NOW),
    ],
)
def test_what_counts_is_how_long_before_sending(
    message: dict[str, Any], sent: str | None, expected: datetime
) -> None:
    assert happened_at(message, sent, received_at=NOW) == expected


ENDS = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-11-22", "2016-02-29"]
ANY = st.one_of(
    st.sampled_from(ENDS),
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    st.none(),
)


@given(timestamp=ANY, original=ANY, sent=ANY, trusted=st.booleans())
def test_every_time_can_be_stored(
    timestamp: str | None, original: str | None, sent: str | None, trusted: bool
) -> None:
    message = {"timestamp": timestamp, "originalTimestamp": original}
    at = happened_at(message, sent, received_at=NOW)
    at = clamped(at, received_at=NOW, trusted=trusted)
    assert at.utcoffset() == timedelta(0)
    assert (EARLIEST if trusted else NOW - PUBLIC_MEMORY) <= at <= NOW
