"""How much one key may send: a count of messages a minute in Django's cache.

Best effort by design: a cache that is down lets everything through, and a cache of each process
(Django's default) counts for each process.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.core.cache import cache

from clm_plugin.conf import settings
from clm_plugin.http import Refused

if TYPE_CHECKING:
    from clm_plugin.adapters.segment.data import Sender

_WINDOW = 60


class TooMuch(Refused):
    """A key sent too much; ``seconds`` until it may send again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, "", f"more than {settings.INGEST_RATE} messages in a minute")
        self.seconds = seconds


def let_in(sender: Sender) -> None:
    """Raise TooMuch once the minute's messages are used up; before the body is read."""
    window, left = _window()
    try:
        used = cache.get(_name(sender, window), 0)
    except Exception:  # whatever the host's cache raises: it must not cost an event
        return
    if used >= settings.INGEST_RATE:
        raise TooMuch(left)


def count(sender: Sender, messages: int) -> None:
    """Note messages that were let in. The batch that reaches the limit is taken whole."""
    window, _ = _window()
    try:
        cache.add(_name(sender, window), 0, 2 * _WINDOW)
        cache.incr(_name(sender, window), messages)
    except Exception:  # likewise
        return


def _window() -> tuple[int, int]:
    """The minute that it is by the machine's clock, and the seconds that are left of it."""
    now = time.time()
    return int(now // _WINDOW), max(1, int(_WINDOW - now % _WINDOW))


def _name(sender: Sender, window: int) -> str:
    return f"clm:ingest:{sender.key_id}:{window}"
