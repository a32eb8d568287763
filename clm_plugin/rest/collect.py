"""``POST /clm/e``: what the browser saw, in batches, by ``navigator.sendBeacon``.

Body: ``{"events": [{"id": "<random>", "type": "page.viewed", "age": 1200, "data": {…}}, …]}``.
``age`` is how many milliseconds before sending it happened, so that no clock of a browser matters;
``id`` makes a repeat of the same event count once. Who it was comes from the cookies alone: a body
can name nobody.

Answers: 200 ``{"stored": 2, "refused": [{"index": 1, "field": "path", "why": "is missing"}]}``;
204 and nothing stored for crawlers, pages fetched ahead, and visitors who did not agree; 400, 403,
413, 415 for what is not a batch of this shop's page; 503 when it could not be stored.
"""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from clm_plugin import clock
from clm_plugin.events.api import (
    MAX_EVENT,
    MAX_EVENTS,
    BadEvent,
    NewEvent,
    actor,
    check,
    clean_text,
    record_many,
)
from clm_plugin.http import Refused, uncached
from clm_plugin.profiles.api import keep_visitor
from clm_plugin.rest.body import read_object
from clm_plugin.rest.caller import caller_of
from clm_plugin.rest.endpoint import endpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

_OLDEST_MS = 24 * 60 * 60 * 1000
_IDS = ("receipt", "click")


# All that could be forged past the same-origin check is a visit by the forged visitor.
@endpoint
def collect(request: HttpRequest) -> HttpResponse:
    """Store a batch of browser events."""
    items = _items(read_object(request))
    caller = caller_of(request)
    if caller is None:
        return uncached(HttpResponse(status=204))
    return _store(request, caller, items)


def _items(body: dict[str, Any]) -> list[Any]:
    items = body.get("events")
    if not isinstance(items, list):
        raise Refused(400, "events", "must be a list")
    if len(items) > MAX_EVENTS:
        raise Refused(413, "events", f"has more than {MAX_EVENTS} entries")
    return items


def _store(request: HttpRequest, caller: str, items: Sequence[Any]) -> HttpResponse:
    now = clock.now()
    jar = HttpResponse()  # takes the cookie, which is only set if there is something to store
    visitor = actor("visitor", keep_visitor(request, jar))
    who = caller or visitor
    links = (visitor,) if visitor != who else ()
    good: list[NewEvent] = []
    refused: list[dict[str, object]] = []
    for index, item in enumerate(items):
        try:
            good.append(_event(item, who=who, links=links, now=now))
        except BadEvent as error:
            refused.append({"index": index, "field": error.field, "why": error.why})
    stored = record_many(good, received_at=now, checked=True) if good else 0
    response = uncached(JsonResponse({"stored": stored, "refused": refused}))
    if good:
        response.cookies.update(jar.cookies)
    return response


def _event(item: object, *, who: str, links: tuple[str, ...], now: datetime) -> NewEvent:
    """One checked event. Raises BadEvent naming the field."""
    if not isinstance(item, dict):
        raise BadEvent("event", "must be an object")
    type_ = item.get("type")
    if not isinstance(type_, str):
        raise BadEvent("type", "must be text")
    data = check(type_, item.get("data"), public=True)
    _check_ids(data)
    if len(json.dumps(data, separators=(",", ":"))) > MAX_EVENT:
        raise BadEvent("data", f"larger than {MAX_EVENT} bytes as JSON")
    key = _own_id(item.get("id"))
    return NewEvent(
        type=type_,
        actor=who,
        links=links,
        payload=data,
        object_id=clean_text(data.get("product_id", ""), "product_id", 64),
        occurred_at=now - timedelta(milliseconds=_age(item.get("age", 0))),
        source="browser",
        # Scoped to the sender: nobody can use up the keys of somebody else's events.
        key=f"{who}:{key}" if key else "",
    )


def _own_id(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadEvent("id", "must be text")
    return clean_text(value, "id", 64)


def _age(value: object) -> float:
    """Milliseconds, clamped to a day. Infinity comes from JSON such as ``1e400``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadEvent("age", "must be a number of milliseconds")
    return min(max(value, 0), _OLDEST_MS)


def _check_ids(data: dict[str, Any]) -> None:
    """What is looked up by id further up must be one, or it would fail there, again and again."""
    for category in data.get("category_ids", ()):
        clean_text(category, "category_ids", 64)
    for name in _IDS:
        value = data.get(name)
        if value:
            try:
                UUID(value)
            except ValueError:
                raise BadEvent(name, "is not an id of ours") from None
