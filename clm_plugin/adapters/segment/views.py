"""``POST /clm/v1/…``: the endpoints of the Segment specification, for its clients to post to.

Answers: 200 ``{"success": true, "stored": 99, "refused": [{"index": 7, "field": …, "why": …}]}``
when at least one message was good (a client throws a batch away on 4xx, so a bad message must not
cost the good ones); 400 when none was; 401 without a key in force; 429 and 503 with
``Retry-After``, on which clients try again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from clm_plugin import clock
from clm_plugin.adapters.segment import throttle
from clm_plugin.adapters.segment.data import MAX_MESSAGES, Surroundings
from clm_plugin.adapters.segment.ingest import Outcome, ingest
from clm_plugin.adapters.segment.keys import find_key, is_allowed_origin, note_use, sender_of
from clm_plugin.adapters.segment.reading import basic_user, read_json
from clm_plugin.conf import settings
from clm_plugin.http import Refused, is_crawler, unavailable, uncached

if TYPE_CHECKING:
    from collections.abc import Callable

    from clm_plugin.adapters.segment.data import Sender
    from clm_plugin.adapters.segment.models import WriteKey

logger = logging.getLogger("clm_plugin.segment")


def endpoint(type_: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view that takes messages of one type, or ``batch`` for any.

    No cookie is read or set, so there is no session that a forged request could ride on: exempt
    from CSRF tokens.
    """

    @csrf_exempt
    @transaction.non_atomic_requests  # a database that is down must be our 503, not Django's 500
    def view(request: HttpRequest) -> HttpResponse:
        exchange = _Exchange(request, type_)
        try:
            answer = exchange.answer()
        except Refused as error:
            answer = _refusal(request, error)
        except (DatabaseError, InterfaceError):
            answer = unavailable()
        answer["Vary"] = "Origin"
        if exchange.origin:
            answer["Access-Control-Allow-Origin"] = exchange.origin
        return uncached(answer)

    return view


@dataclass(slots=True)
class _Exchange:
    """One request, and what is found out about it on the way to its answer."""

    request: HttpRequest
    type: str
    origin: str = ""
    """The page's origin once a key was found that allows it."""

    def answer(self) -> HttpResponse:
        if self.request.method == "OPTIONS":
            return self._preflight()
        if self.request.method != "POST":
            raise Refused(405, "", "POST only")
        user = basic_user(self.request)
        admitted = self._admit(user) if user else None
        body = read_json(self.request)
        if admitted is None:  # a browser's: the key is in the body
            told = body.get("writeKey")
            admitted = self._admit(told if isinstance(told, str) else "")
        return self._store(*admitted, body)

    def _preflight(self) -> HttpResponse:
        """Before a browser posts JSON it asks; no key is known yet, so any key's origin will do."""
        answer = HttpResponse(status=204)
        origin = self.request.headers.get("Origin", "")
        if origin and is_allowed_origin(origin):
            self.origin = origin
            answer["Access-Control-Allow-Methods"] = "POST"
            answer["Access-Control-Allow-Headers"] = "Authorization, Content-Encoding, Content-Type"
            answer["Access-Control-Max-Age"] = "86400"
        return answer

    def _admit(self, secret: str) -> tuple[WriteKey, Sender]:
        """The key in force, from where it may be used. Raises Refused (401, 403, 429)."""
        key = find_key(secret)
        if key is None:
            raise Refused(401, "Authorization", "names no write key in force")
        sender = sender_of(key)
        origin = self.request.headers.get("Origin")
        if origin is not None:
            # A page may use a browser key made for it; a server key in a page is everybody's.
            if sender.trusted:
                raise Refused(403, "Origin", "a server key must not be used in a page: revoke it")
            if origin not in sender.origins:
                raise Refused(403, "Origin", "is not allowed by this key")
            self.origin = origin
        throttle.let_in(sender)
        return key, sender

    def _store(self, key: WriteKey, sender: Sender, body: dict[str, Any]) -> HttpResponse:
        messages = _messages(body, self.type)
        throttle.count(sender, len(messages))
        headers, now = self.request.headers, clock.now()
        if not sender.trusted and is_crawler(headers.get("User-Agent", "")):
            return _said(Outcome(stored=0, refused=()), len(messages))
        refuses = settings.HONOUR_GPC and headers.get("Sec-GPC") == "1" and not sender.trusted
        around = Surroundings(
            received_at=now,
            sent_at=body.get("sentAt"),
            refuses=refuses,
            must_agree=settings.REQUIRE_CONSENT,
            currency=settings.CURRENCY,
        )
        outcome = ingest(messages, sender, around)
        note_use(key, now=now, refused=_first(outcome))
        if outcome.refused:
            count = len(outcome.refused)
            logger.warning("clm: %s: %d messages refused, first %s", key, count, _first(outcome))
        return _said(outcome, len(messages))


def _messages(body: dict[str, Any], type_: str) -> list[object]:
    if type_ != "batch":
        return [{**body, "type": type_}]
    messages = body.get("batch")
    if not isinstance(messages, list):
        raise Refused(400, "batch", "must be a list")
    if len(messages) > MAX_MESSAGES:
        raise Refused(413, "batch", f"has more than {MAX_MESSAGES} messages")
    shared = {"context": body["context"]} if "context" in body else {}
    return [{**shared, **each} if isinstance(each, dict) else each for each in messages]


def _first(outcome: Outcome) -> str:
    first = next(iter(outcome.refused), None)
    return f"{first['field']}: {first['why']}" if first else ""


def _said(outcome: Outcome, messages: int) -> HttpResponse:
    body: dict[str, Any] = {"success": True, "stored": outcome.stored}
    if not outcome.refused:
        return JsonResponse(body)
    body["refused"] = outcome.refused
    if len(outcome.refused) < messages:
        return JsonResponse(body)
    return JsonResponse(
        {**body, "success": False, "code": "invalid", "message": _first(outcome)}, status=400
    )


def _refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """``code`` and ``message`` as clients print them; ``field`` and ``why`` as we say it."""
    body = {"success": False, "code": str(error.status), "message": f"{error.field}: {error.why}"}
    answer = JsonResponse({**body, "field": error.field, "why": error.why}, status=error.status)
    if isinstance(error, throttle.TooMuch):
        answer["Retry-After"] = str(error.seconds)
    if error.status == 405:
        answer["Allow"] = "POST, OPTIONS"
    if error.status == 401 and "Origin" not in request.headers:
        answer["WWW-Authenticate"] = 'Basic realm="write key"'  # in a page it would ask the shopper
    return answer
