"""The search behind the choosers of the segment editor: names for ids, and ids for names."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf.locale import LANG_INFO
from django.core.cache import cache
from django.http import Http404, JsonResponse
from django.utils.translation import gettext
from django.views import View

from clm_plugin.console.guard import EDIT_PROGRAMMES, EDIT_SEGMENTS, Guarded
from clm_plugin.profiles.models import Facts
from clm_plugin.segments.api import hidden_from
from clm_plugin.segments.models import Segment
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.http import HttpRequest, HttpResponse

SHOWN = 20
_ASKED = 200
"""Ids that are named in one question; as many as a field takes."""

_CHANNELS = 500
_USUAL = ("direct", "organic-search", "social")

Item = dict[str, str]


def _item(id_: str, label: str, hint: str = "") -> Item:
    return {"id": id_, "label": label, "hint": hint}


def _products(text: str, ids: list[str] | None) -> list[Item]:
    shop = get_shop()
    if ids is not None:
        return [_item(id_, product.title) for id_, product in shop.products(ids).items()]
    return [_item(p.id, p.title, p.id) for p in shop.find_products(text, limit=SHOWN)]


def _categories(text: str, ids: list[str] | None) -> list[Item]:
    named = ((category.id, category.name) for category in get_shop().categories().values())
    return _among(named, text, ids)


def _languages(text: str, ids: list[str] | None) -> list[Item]:
    named = ((code, gettext(info["name"])) for code, info in LANG_INFO.items() if "name" in info)
    return _among(named, text, ids)


def _segments(text: str, ids: list[str] | None, hidden: frozenset[str] = frozenset()) -> list[Item]:
    rows = Segment.objects.values_list("key", "name")
    return _among((row for row in rows if ids is not None or row[0] not in hidden), text, ids)


def _channels(text: str, ids: list[str] | None) -> list[Item]:
    if ids is not None:
        return [_item(id_, id_) for id_ in ids]
    known = cache.get("clm:channels")
    if known is None:
        facts = Facts.objects.exclude(last_channel="").order_by()
        found = facts.values_list("last_channel", flat=True).distinct()[:_CHANNELS]
        known = sorted({*_USUAL, *found})
        cache.set("clm:channels", known, 300)  # it looks at everybody
    return [_item(one, one) for one in known if text.casefold() in one][:SHOWN]


def _among(named: Iterable[tuple[str, str]], text: str, ids: list[str] | None) -> list[Item]:
    """Of a list that fits in memory: those with these ids, else those whose name has the text."""
    items = [_item(id_, name, id_) for id_, name in named]
    if ids is not None:
        return [item for item in items if item["id"] in ids]
    wanted = text.casefold()
    found = [item for item in items if wanted in item["label"].casefold() or wanted == item["id"]]
    found.sort(key=lambda item: (not item["label"].casefold().startswith(wanted), item["label"]))
    return found[:SHOWN]


KINDS: dict[str, Callable[[str, list[str] | None], list[Item]]] = {
    "product": _products,
    "category": _categories,
    "language": _languages,
    "segment": _segments,
    "channel": _channels,
    "country": lambda text, ids: [],  # the browser knows them
}


class PickView(Guarded, View):
    """``?q=…`` searches, ``?ids=["…"]`` names; both answer ``{"items": [{id, label, hint}]}``."""

    permission = (*EDIT_SEGMENTS, *EDIT_PROGRAMMES)

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in KINDS:
            raise Http404
        find = KINDS[kind]
        if kind == "segment":
            find = partial(_segments, hidden=hidden_from(request.user).segments)
        try:
            items = find(request.GET.get("q", "")[:100], _ids(request.GET.get("ids")))
        except ShopError:  # an adapter without a catalogue: ids can still be typed
            items = []
        return JsonResponse({"items": items})


def _ids(text: str | None) -> list[str] | None:
    if text is None:
        return None
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [str(one) for one in found[:_ASKED]] if isinstance(found, list) else []
