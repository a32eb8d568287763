"""Requests through the whole middleware stack, in process, and what they cost.

The handler is called as a server calls it, without the test client's own work around it. The
connection stays open, as with a pool.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Sec-Fetch-Site": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall time and of this process's CPU."""

    wall: float
    cpu: float


class Caller:
    """Sends requests and measures the handling alone."""

    def __init__(self) -> None:
        from django.core.handlers.base import BaseHandler

        self._handler = BaseHandler()
        self._handler.load_middleware()

    def send(self, make: Callable[[], HttpRequest]) -> tuple[Any, Cost]:
        request = make()
        wall, cpu = time.perf_counter(), time.process_time()
        response = self._handler.get_response(request)
        cost = Cost(time.perf_counter() - wall, time.process_time() - cpu)
        if response.status_code >= 400:
            raise RuntimeError(f"{request.path} answered {response.status_code}")
        return response, cost


def queries_of(call: Callable[[], Any]) -> list[str]:
    """The statements that a call sends."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured.captured_queries]
