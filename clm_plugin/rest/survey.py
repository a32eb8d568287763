"""``POST /clm/survey``: an answer given on a page of the shop.

Body: ``{"survey": "nps", "value": "9", "words": "…", "receipt": "…"}``. Who answers is told by
cookie and session alone; nothing is stored about somebody who did not agree to it (403).
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from clm_plugin import clock
from clm_plugin.events.api import BadEvent, clean_text
from clm_plugin.http import Refused, uncached
from clm_plugin.rest.body import read_object
from clm_plugin.rest.caller import caller_of
from clm_plugin.rest.endpoint import endpoint
from clm_plugin.surveys import api as surveys


@endpoint
def answer_survey(request: HttpRequest) -> HttpResponse:
    """Record an answer. 200 ``{"new": true}``; 400 names the field, 403 without leave to store."""
    body = read_object(request)
    actor = caller_of(request)
    if not actor:
        raise Refused(403, "consent", "nothing may be stored about this visitor")
    question = surveys.question(_text(body, "survey", 48))
    if question is None:
        raise Refused(404, "survey", "is not asked at the moment")
    now = clock.now()
    try:
        new = surveys.answer(
            question,
            _text(body, "value", 48),
            _text(body, "words", 1000),
            actor=actor,
            about=_text(body, "receipt", 36) or f"{actor}:{now:%Y-%m-%d}",
            now=now,
        )
    except surveys.BadAnswer as error:
        raise Refused(400, "value", f"must be {error}") from None
    return uncached(JsonResponse({"new": new}))


def _text(body: dict[str, Any], name: str, limit: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Refused(400, name, "must be text")
    try:
        return clean_text(value, name, limit)
    except BadEvent as error:
        raise Refused(400, error.field, error.why) from None
