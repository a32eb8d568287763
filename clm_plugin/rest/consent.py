"""``POST /clm/consent``: the shopper's own answer, from the consent banner.

A script sends JSON: ``{"analytics": true, "personalisation": false, "text_version": "2026-11",
"text": "<hash>"}``, or ``{"granted": true}`` for both at once. Without a script the banner is a
plain form (``answer`` = accept, refuse or choose) and the shopper goes back to her page. The answer
is kept in a cookie and goes before any browser setting; a refusal also takes the visitor cookie
away. Answers are events, so the log is the history of what was agreed to, when, and to which words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.events.api import BadEvent, NewEvent, actor, clean_text, record_many
from clm_plugin.http import Refused, uncached
from clm_plugin.privacy.api import banner_words, proof_of
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

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What she said; to suggest what fits, one has to look, so personalisation includes it."""

    analytics: bool
    personalisation: bool
    version: str = ""
    text: str = ""

    def purposes(self, *, granted: bool) -> list[str]:
        said = ((ANALYTICS, self.analytics), (PERSONALISATION, self.personalisation))
        return [purpose for purpose, yes in said if yes is granted]


@endpoint
def change_consent(request: HttpRequest) -> HttpResponse:
    """Remember the answer. 200 with it as JSON, or 303 back to the page of a form."""
    form = request.content_type == _FORM
    answer = _of_form(request) if form else _of_json(read_object(request))
    response = uncached(_back(request) if form else _told(answer))
    if not is_automatic(request) and not is_posing(request):
        _record(request, response, answer, now=clock.now())
        set_consent(
            response, request, granted=answer.analytics, personalised=answer.personalisation
        )
    return response


def _told(answer: Answer) -> HttpResponse:
    return JsonResponse(
        {
            "granted": answer.analytics,
            "analytics": answer.analytics,
            "personalisation": answer.personalisation,
        }
    )


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on, never to another site."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    for target in (request.POST.get("next", ""), came_from.path):
        if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            response = HttpResponseRedirect(target)
            response.status_code = 303
            return response
    response = HttpResponseRedirect("/")
    response.status_code = 303
    return response


def _of_form(request: HttpRequest) -> Answer:
    said = request.POST.get("answer", "")
    if said not in ("accept", "refuse", "choose"):
        raise Refused(400, "answer", "must be accept, refuse or choose")
    every = said == "accept"
    chosen = said == "choose"
    return _answer(
        every or (chosen and "analytics" in request.POST),
        every or (chosen and "personalisation" in request.POST),
        request.POST.get("text_version", ""),
        request.POST.get("text", ""),
    )


def _of_json(body: dict[str, Any]) -> Answer:
    if ANALYTICS in body or PERSONALISATION in body:
        said = [_yes(body, name) for name in (ANALYTICS, PERSONALISATION)]
    else:
        said = [_yes(body, "granted")] * 2
    return _answer(said[0], said[1], body.get("text_version", ""), body.get("text", ""))


def _yes(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise Refused(400, name, "must be true or false")
    return value


def _answer(analytics: bool, personalisation: bool, version: object, text: object) -> Answer:
    for name, value in (("text_version", version), ("text", text)):
        if not isinstance(value, str):
            raise Refused(400, name, "must be text")
        try:
            clean_text(value, name, 64)
        except BadEvent as error:
            raise Refused(400, error.field, error.why) from None
    return Answer(
        analytics=analytics or personalisation,
        personalisation=personalisation,
        version=str(version),
        text=str(text),
    )


def _record(request: HttpRequest, response: HttpResponse, answer: Answer, *, now: datetime) -> None:
    """The answer into the log; a refusal by somebody we know nothing of leaves no trace."""
    customer = customer_of(request)
    who = actor("customer", customer) if customer else caller_of(request)
    if not who and answer.analytics:
        fresh = new_visitor_id()
        who = actor("visitor", fresh)
        set_visitor(response, request, fresh)
    if not who:
        return
    version = answer.version or settings.CONSENT_TEXT_VERSION
    proof = _proof(request, answer, version, now)
    types = (("consent.given", True), ("consent.withdrawn", False))
    record_many(
        NewEvent(
            type=type_,
            actor=who,
            payload={
                "purposes": purposes,
                "place": "banner",
                "text_version": version,
                "proof": proof,
            },
            occurred_at=now,
            source="consent",
        )
        for type_, granted in types
        if (purposes := answer.purposes(granted=granted))
    )


def _proof(request: HttpRequest, answer: Answer, version: str, now: datetime) -> dict[str, Any]:
    """The words she saw, where they are ours; else the hash that her page named."""
    shown = banner_words(required=settings.REQUIRE_CONSENT)
    if answer.text == shown.hash:
        return proof_of(shown.whole, version=version, now=now, request=request)
    proof = proof_of("", version=version, now=now, request=request)
    return {**proof, "text": answer.text} if answer.text else proof
