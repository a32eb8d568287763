"""A small read-through memory of one process: what was read stays for a minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Value = TypeVar("Value")
KEEP_SECONDS = 60.0
_GRACE_SECONDS = 5.0


class Memory(Generic[Value]):
    """Values by key, read in bulk when missing or older than a minute, the oldest dropped first.

    While one thread reads a value anew, others get the old one, so that a popular page does not
    send every thread to the database at the same moment. Locale and visitor must not matter.
    """

    def __init__(
        self,
        read: Callable[[Sequence[str]], Mapping[str, Value]],
        *,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._most = most
        self._clock = clock
        self._kept: dict[str, tuple[float, Value]] = {}

    def get(self, keys: Iterable[str]) -> dict[str, Value]:
        """The value of each key; one read for all that are missing or too old."""
        now = self._clock()
        wanted = dict.fromkeys(keys)
        found = {key: kept for key in wanted if (kept := self._kept.get(key)) is not None}
        stale = [key for key in wanted if key not in found or found[key][0] <= now]
        if stale:
            for key in stale:
                if key in found:  # promised to be read by us: others use the old one a little
                    self._kept[key] = (now + _GRACE_SECONDS, found[key][1])
            fresh = self._read(stale)
            for key in stale:
                self._kept.pop(key, None)  # to the end of the order in which keys are dropped
                found[key] = self._kept[key] = (now + KEEP_SECONDS, fresh[key])
            self._drop()
        return {key: found[key][1] for key in wanted}

    def clear(self) -> None:
        self._kept.clear()

    def _drop(self) -> None:
        for key in list(self._kept)[: max(len(self._kept) - self._most, 0)]:
            self._kept.pop(key, None)
