"""A cache in front of the shop, strict as a content network: without a session, one copy for all.

Django's own cache middleware, told to forget the cookies of whoever has neither a session nor a
basket. So whatever of a visitor got onto a page would be shown to the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.middleware.cache import CacheMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

PERSONAL = frozenset({"sessionid", "oscar_open_basket"})
_UNCACHED = re.compile(r"no-store|no-cache|private")


class EdgeCache(CacheMiddleware):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if PERSONAL & request.COOKIES.keys():  # also reads the cookies, before they are forgotten
            request._cache_update_cache = False  # type: ignore[attr-defined]
            return None
        request.META["HTTP_COOKIE"] = ""
        found: HttpResponse | None = super().process_request(request)
        if found is not None:
            found["X-Cache"] = "hit"
        return found

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase | str
    ) -> HttpResponseBase | str:
        assert not isinstance(response, str)
        if "X-Cache" not in response and not _UNCACHED.search(response.get("Cache-Control", "")):
            response.cookies.clear()  # the shop's CSRF cookie is not what is looked at here
        return super().process_response(request, response)


class Leak:
    """The check of the check: a page that greets whoever it is made for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.content += request.COOKIES.get("clm_v", "").encode()
        return response
