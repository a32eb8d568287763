"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Self

from django.conf import settings as django_settings
from django.test import override_settings

_frozen: list[FrozenClock] = []
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning."""


class FrozenClock:
    """The plugin's clock inside a ``with`` block::

    with FrozenClock() as clock:
        ...
        clock.move(hours=1)
    """

    def __init__(self, at: datetime = START) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **delta: float) -> datetime:
        """Go on (or back) by a ``timedelta``'s arguments; returns the new time."""
        self.at += timedelta(**delta)
        return self.at

    def __enter__(self) -> Self:
        _frozen.append(self)
        given = getattr(django_settings, "CLM", {})
        self._override = override_settings(CLM={**given, "CLOCK": f"{__name__}.now"})
        self._override.enable()
        return self

    def __exit__(self, *_: object) -> None:
        self._override.disable()
        _frozen.remove(self)


def now() -> datetime:
    """The innermost frozen clock's time; real time without one."""
    return _frozen[-1]() if _frozen else datetime.now(UTC)
