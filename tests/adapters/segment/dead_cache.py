"""A cache whose server is gone."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import BaseCache


class DeadCache(BaseCache):
    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        raise ConnectionError("no cache")

    add = get
    incr = get
