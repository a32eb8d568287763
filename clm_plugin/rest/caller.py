"""Who is calling a public endpoint: a page of this shop in a person's browser, or somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from clm_plugin.http import is_crawler
from clm_plugin.profiles.api import actor_of, customer_of, may_track

if TYPE_CHECKING:
    from django.http import HttpRequest


def caller_of(request: HttpRequest) -> str | None:
    """Who acts, by cookies and session alone: ``customer:…``, ``visitor:…`` or "" for a newcomer.

    None where nothing may be stored about anybody: machines, visitors who did not agree,
    staff who pose as a customer.
    """
    if is_automatic(request) or not may_track(request) or is_posing(request):
        return None
    return actor_of(request)


def is_posing(request: HttpRequest) -> bool:
    """Whether a member of staff poses as the logged-in customer: that leaves no trace on her."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and not customer_of(request)


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a page of this very origin sent the request, by the headers a script cannot set.

    ``Sec-Fetch-Site`` decides where the browser sends it, else ``Origin`` (every browser sends one
    of them with a POST). A request with neither is refused: it comes from no page.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    # Behind a proxy that ends TLS, the host lists its outer origin as it does for Django's CSRF.
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS


def is_automatic(request: HttpRequest) -> bool:
    """A crawler, a monitor, or a browser that fetches ahead of a visit that may never happen."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return (
        "prefetch" in purpose
        or "prerender" in purpose
        or is_crawler(request.headers.get("User-Agent", ""))
    )
