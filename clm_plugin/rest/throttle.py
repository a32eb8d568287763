"""So many times in a while: a plain window in Django's cache, for what a person does by hand."""

from __future__ import annotations

from django.core.cache import cache


def allowed(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one more; False once ``who`` has done it ``times`` in the window that is open."""
    key = f"clm.throttle.{what}.{who}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return bool(cache.incr(key) <= times)
    except ValueError:  # it ran out in between
        cache.add(key, 1, seconds)
        return True
