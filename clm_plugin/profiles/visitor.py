"""The visitor cookie: first-party, set only by our own endpoints, never on a page of the shop.

Consent comes before it: a shop that requires consent, or a browser that sends Global Privacy
Control, gets no cookie, no row and no call until the shopper agreed.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from clm_plugin.conf import settings
from clm_plugin.events.api import actor

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_VISITOR = re.compile(r"([0-9a-f]{32})(a?)\Z")
GRANTED, MEASURED, REFUSED = "1", "a", "0"
"""Answers in the consent cookie: yes to all, to measuring only, to nothing."""


def new_visitor_id() -> str:
    """A random visitor id: 32 hexadecimal digits."""
    return uuid.uuid4().hex


def visitor_of(request: HttpRequest) -> str:
    """The visitor id of a request; "" without a valid cookie or without leave to track.

    An id that was used in an account is given up with it: after a logout, or when the session has
    run out, what follows on this device is somebody new and moves nobody's history (case 44).
    """
    found = _VISITOR.match(request.COOKIES.get(settings.VISITOR_COOKIE, ""))
    if found is None or not may_track(request):
        return ""
    return "" if found[2] and not customer_of(request) else found[1]


def keep_visitor(request: HttpRequest, response: HttpResponse) -> str:
    """The visitor id of this browser, made and put into the cookie where needed; "" without leave.

    Only our own ``no-store`` endpoints call this; pages of the shop stay cacheable.
    """
    if not may_track(request):
        return ""
    visitor_id = visitor_of(request) or new_visitor_id()
    if request.COOKIES.get(settings.VISITOR_COOKIE) != _cookie_value(request, visitor_id):
        set_visitor(response, request, visitor_id)
    return visitor_id


def _cookie_value(request: HttpRequest, visitor_id: str) -> str:
    # "a" marks an id that was used in an account.
    return visitor_id + ("a" if customer_of(request) else "")


def may_track(request: HttpRequest) -> bool:
    """Whether anything about this visitor may be stored.

    Her own answer (the consent cookie) decides; without one, Global Privacy Control is a refusal
    and a shop that requires consent has none.
    """
    answer = request.COOKIES.get(settings.CONSENT_COOKIE, "")
    if answer in (GRANTED, MEASURED, REFUSED):
        return answer != REFUSED
    if settings.HONOUR_GPC and request.headers.get("Sec-GPC") == "1":
        return False
    return not settings.REQUIRE_CONSENT


def may_personalise(request: HttpRequest) -> bool:
    """Whether what is known of this visitor may be used to choose what she sees."""
    return may_track(request) and request.COOKIES.get(settings.CONSENT_COOKIE, "") != MEASURED


def customer_of(request: HttpRequest) -> str:
    """The shop's id of the logged-in customer; "" for a guest or a staff member posing as one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or _impersonated(request):
        return ""
    return str(user.pk)


def _impersonated(request: HttpRequest) -> bool:
    # The session keys of django-hijack and django-loginas.
    session = getattr(request, "session", {})
    return bool(session.get("hijack_history") or session.get("loginas_original_user_session"))


def actor_of(request: HttpRequest) -> str:
    """Who acts: ``customer:…`` when logged in, else ``visitor:…``, else ""."""
    if not may_track(request) or _impersonated(request):
        return ""
    customer = customer_of(request)
    if customer:
        return actor("customer", customer)
    visitor = visitor_of(request)
    return actor("visitor", visitor) if visitor else ""


def set_visitor(response: HttpResponse, request: HttpRequest, visitor_id: str) -> None:
    """Give the browser its visitor id (Secure, HttpOnly, SameSite=Lax)."""
    _set(response, request, settings.VISITOR_COOKIE, _cookie_value(request, visitor_id))


def set_consent(
    response: HttpResponse, request: HttpRequest, *, granted: bool, personalised: bool | None = None
) -> None:
    """Remember the shopper's own answer; a refusal also takes the visitor cookie away.

    ``granted`` is leave to measure; ``personalised`` (the same, unless said) to use it for what
    she sees. The cookie may be read by our script, so that a page needs no call to know.
    """
    yes = GRANTED if personalised in (None, True) else MEASURED
    _set(response, request, settings.CONSENT_COOKIE, yes if granted else REFUSED, script=True)
    if not granted:
        response.delete_cookie(settings.VISITOR_COOKIE, samesite="Lax")


def _set(
    response: HttpResponse, request: HttpRequest, name: str, value: str, *, script: bool = False
) -> None:
    secure = settings.COOKIE_SECURE
    response.set_cookie(
        name,
        value,
        max_age=settings.VISITOR_COOKIE_AGE,
        secure=request.is_secure() if secure is None else secure,
        httponly=not script,
        samesite="Lax",
    )
