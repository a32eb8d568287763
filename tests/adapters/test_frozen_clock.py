"""The clock for tests stands still, moves when told, and goes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clm_plugin import clock
from clm_plugin.testing.clock import START, FrozenClock


def test_it_stands_still_until_it_is_moved() -> None:
    with FrozenClock() as frozen:
        assert clock.now() == clock.now() == START
        frozen.move(days=1, hours=2)
        assert clock.now() == START + timedelta(days=1, hours=2)
        with FrozenClock(START - timedelta(days=7)):
            assert clock.now() == START - timedelta(days=7)
        assert clock.now() == frozen.at
    assert clock.now() != START


def test_it_wants_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        FrozenClock(datetime(2026, 1, 1))  # noqa: DTZ001
    assert FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))()
