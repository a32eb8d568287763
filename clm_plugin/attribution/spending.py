"""What channels cost: written as imported, a day and channel once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clm_plugin.attribution.models import ChannelSpend
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Spent(Protocol):
    """Minor units that a channel cost on a day."""

    @property
    def day(self) -> date: ...
    @property
    def channel(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...


def set_spend(rows: Iterable[Spent]) -> None:
    """Write what was spent; a day, channel and currency that is known gets the new amount."""
    latest = {(row.day, row.channel, row.currency): row.amount_minor for row in rows}
    upsert(
        ChannelSpend,
        ("day", "channel", "currency", "amount_minor"),
        [(*key, amount) for key, amount in sorted(latest.items())],
        key=("day", "channel", "currency"),
        combine={"amount_minor": REPLACE},
    )
