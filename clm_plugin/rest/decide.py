"""``POST /clm/d``: what a page shows to this visitor, all slots in one answer, never cached.

Body: ``{"slots": [{"name": "product-bundle", "product": "12"}], "signal": ""}``; ``signal`` is
"exit" when the shopper is about to leave. Answer: ``{"slots": {"product-bundle": {"html": "…",
"receipt": "<id>", "kind": "bundle"}}, "arm": ["exit"]}``; ``arm`` names the signals to watch for.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.events.api import BadEvent, actor, clean_text
from clm_plugin.http import Refused, uncached
from clm_plugin.profiles.api import customer_of, may_personalise
from clm_plugin.rest.body import read_object
from clm_plugin.rest.caller import caller_of, is_automatic
from clm_plugin.rest.endpoint import endpoint
from clm_plugin.shop.api import get_shop
from clm_plugin.widgets.api import Answer, Ask, Slot, Surroundings
from clm_plugin.widgets.api import decide as decide_slots

if TYPE_CHECKING:
    from clm_plugin.shop.api import Basket

MAX_SLOTS = 16
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}\Z")


@endpoint
def decide(request: HttpRequest) -> HttpResponse:
    """Decide on the slots of a page."""
    return _json(_answer(request, ask_of(read_object(request))))


def _answer(request: HttpRequest, ask: Ask) -> Answer:
    if is_automatic(request):
        return Answer()
    caller = caller_of(request)
    if caller is None and settings.REQUIRE_CONSENT:
        return Answer()
    # Who let us measure only gets what everybody gets.
    who = caller if caller and may_personalise(request) else ""
    return decide_slots(ask, actor=who, now=clock.now(), around=_around(request))


def _around(request: HttpRequest) -> Surroundings:
    def basket() -> Basket | None:
        shop = get_shop()
        return shop.request_basket(request) if shop.supports_baskets else None

    customer = customer_of(request)
    return Surroundings(
        customer=actor("customer", customer) if customer else "",
        basket=basket,
        csrf_token=cache(lambda: get_token(request)),
    )


def ask_of(body: dict[str, Any]) -> Ask:
    """The question in a body. Raises Refused naming the field."""
    signal = body.get("signal", "")
    if signal not in ("", "exit"):
        raise Refused(400, "signal", 'must be "" or "exit"')
    slots = body.get("slots")
    if not isinstance(slots, list):
        raise Refused(400, "slots", "must be a list")
    if len(slots) > MAX_SLOTS:
        raise Refused(413, "slots", f"has more than {MAX_SLOTS} entries")
    named = {slot.name: slot for slot in (_slot(each, i) for i, each in enumerate(slots))}
    return Ask(slots=tuple(named.values()), signal=signal)


def _slot(item: object, index: int) -> Slot:
    where = f"slots[{index}]"
    if not isinstance(item, dict):
        raise Refused(400, where, "must be an object")
    name, product = item.get("name"), item.get("product", "")
    if not isinstance(name, str) or not _NAME.match(name):
        raise Refused(400, f"{where}.name", "must be lower-case letters, digits and hyphens")
    if not isinstance(product, str):
        raise Refused(400, f"{where}.product", "must be text")
    try:
        return Slot(name=name, product=clean_text(product, f"{where}.product", 64))
    except BadEvent as error:
        raise Refused(400, error.field, error.why) from None


def _json(answer: Answer) -> HttpResponse:
    slots = {
        name: {"html": widget.html, "receipt": widget.receipt, "kind": widget.kind}
        for name, widget in answer.slots.items()
    }
    return uncached(JsonResponse({"slots": slots, "arm": list(answer.arm)}))
