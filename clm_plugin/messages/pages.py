"""What the public pages of mail have in common: they are private, they end, they may be gone."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.shortcuts import render as render_page

from clm_plugin import clock
from clm_plugin.messages.rules import RESTORE_LIFE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from clm_plugin.messages.models import Delivery

    View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """Keep a page behind a token out of caches, search engines and other sites' referrers."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response.setdefault("Referrer-Policy", "same-origin")
        return response

    return kept


def gone(request: HttpRequest, status: int) -> HttpResponse:
    """The page for a link that is unknown (404) or too old (410)."""
    return render_page(request, "clm_plugin/messages/gone.html", status=status)


def has_expired(delivery: Delivery) -> bool:
    """Old links end, and so do those in mails to an address that is no longer hers."""
    too_old = clock.now() - delivery.created_at > RESTORE_LIFE
    return too_old or delivery.profile.email != delivery.address
