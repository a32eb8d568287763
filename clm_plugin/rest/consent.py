"""``POST /clm/consent``: the shopper's own answer, from the shop's consent banner.

Body: ``{"granted": true, "text_version": "2026-11"}``. The answer is kept in a cookie and goes
before any browser setting; a refusal also takes the visitor cookie away. Both are events, so the
log is the history of what was agreed to, and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from clm_plugin import clock
from clm_plugin.events.api import BadEvent, NewEvent, actor, clean_text, record
from clm_plugin.http import Refused, uncached
from clm_plugin.profiles.api import (
    ANALYTICS,
    PERSONALISATION,
    customer_of,
    new_visitor_id,
    set_consent,
    set_visitor,
)
from clm_plugin.rest.body import read_object
from clm_plugin.rest.caller import caller_of, is_automatic, is_posing
from clm_plugin.rest.endpoint import endpoint

if TYPE_CHECKING:
    from datetime import datetime

# What one answer on the page is about; mail has a consent of its own.
_PURPOSES = [ANALYTICS, PERSONALISATION]


@endpoint
def change_consent(request: HttpRequest) -> HttpResponse:
    """Remember the answer. 200 ``{"granted": true}``; 503 when it could not be stored."""
    granted, version = _answer(read_object(request))
    response = uncached(JsonResponse({"granted": granted}))
    if not is_automatic(request) and not is_posing(request):
        _record(request, response, granted, version, now=clock.now())
        set_consent(response, request, granted=granted)
    return response


def _answer(body: dict[str, Any]) -> tuple[bool, str]:
    granted, version = body.get("granted"), body.get("text_version", "")
    if not isinstance(granted, bool):
        raise Refused(400, "granted", "must be true or false")
    if not isinstance(version, str):
        raise Refused(400, "text_version", "must be text")
    try:
        return granted, clean_text(version, "text_version", 64)
    except BadEvent as error:
        raise Refused(400, error.field, error.why) from None


def _record(
    request: HttpRequest, response: HttpResponse, granted: bool, version: str, *, now: datetime
) -> None:
    """The answer into the log; a refusal by somebody we know nothing of leaves no trace."""
    customer = customer_of(request)
    who = actor("customer", customer) if customer else caller_of(request)
    if not who and granted:
        fresh = new_visitor_id()
        who = actor("visitor", fresh)
        set_visitor(response, request, fresh)
    if not who:
        return
    payload: dict[str, Any] = {"purposes": _PURPOSES}
    if granted:
        payload["text_version"] = version
    record(
        NewEvent(
            type="consent.given" if granted else "consent.withdrawn",
            actor=who,
            payload=payload,
            occurred_at=now,
            source="consent",
        )
    )
