"""How long the tests go on that can go on as long as one likes.

``make test`` runs everything twice. The long counts run once, on PostgreSQL; the run on SQLite,
which is also ``make test-fast``, takes a quarter of them.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SHORTER, _LEAST = 4, 10


def load_profile() -> None:
    """Once, in ``conftest.py``. How fast a machine is decides no test: no deadline."""
    unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("full", unhurried, max_examples=100)
    settings.register_profile("fast", unhurried, max_examples=100 // _SHORTER)
    settings.load_profile("full" if os.environ.get("TEST_DATABASE") == "postgres" else "fast")


def examples(full: int) -> int:
    """``full``, or a quarter of it in the fast run: for tests that name their own count."""
    if settings.get_current_profile_name() == "full":
        return full
    return min(full, max(full // _SHORTER, _LEAST))
