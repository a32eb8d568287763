"""The one clock. Only views, tasks, commands and receivers read it; all below take ``now``."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

from clm_plugin.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable


@lru_cache(maxsize=8)
def _load(path: str) -> Callable[[], datetime]:
    clock: Callable[[], datetime] = import_string(path)
    return clock


def now() -> datetime:
    """The present, an aware datetime, from the callable that ``CLM["CLOCK"]`` names."""
    return _load(settings.CLOCK)()
