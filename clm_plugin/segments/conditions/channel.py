"""The channel of the first or the last visit."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import choice, texts


@dataclass(frozen=True, kw_only=True)
class Channel(Condition):
    """The channel of the first or the last visit."""

    kind = "channel"
    which: str = choice(("first", "last"), default="last")
    channels: tuple[str, ...] = texts(limit=64, needed=True)
