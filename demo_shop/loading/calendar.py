"""Moves the real dates of the data to the present by whole days, keeping the time of day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from demo_shop.data import packed

ZONE = ZoneInfo("Europe/London")


class Calendar:
    """Turns minutes of the data into moments such that the last order is yesterday."""

    def __init__(self, *, now: datetime, last_minute: int) -> None:
        yesterday = now.astimezone(ZONE).date() - timedelta(days=1)
        self.shift = yesterday - packed.local_time(last_minute).date()

    def moment(self, minute: int) -> datetime:
        """The shifted moment; wall time in the shop's zone stays what it was."""
        return (packed.local_time(minute) + self.shift).replace(tzinfo=ZONE)
