"""The timeline in words: what people and other systems say, and actions of the shop's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Payload = Mapping[str, Any]
Words = tuple[str, str, str]
"""Icon, text and detail."""


def _proven(payload: Payload) -> Words:
    return "circle-check", _("Proved an address or number to be her own"), _contact(payload)


def _contact(payload: Payload) -> str:
    return ", ".join(payload[name] for name in ("email", "phone") if payload.get(name))


def _identified(payload: Payload) -> Words:
    # Their number and not their names: some may be sensitive.
    count = len(payload.get("traits") or ())
    text = ngettext("Told %(n)s thing of herself", "Told %(n)s things of herself", count)
    return "user", text % {"n": count}, ""


def _group(payload: Payload) -> Words:
    return "group", _("Belongs to %(group)s") % {"group": payload.get("group_id", "")}, ""


def _declared(payload: Payload) -> Words:
    # Which one is on the life events card, for those who may see it.
    return "calendar-alt", _("Told of a life event"), ""


def _withdrawn(payload: Payload) -> Words:
    return "calendar-alt", _("Took a life event back"), ""


def _screen(payload: Payload) -> Words:
    return "mobile-alt", _("Opened the screen %(name)s") % {"name": payload.get("name", "")}, ""


def _list(payload: Payload) -> Words:
    count = len(payload.get("product_ids") or ())
    detail = ngettext("%(n)s product", "%(n)s products", count) % {"n": count} if count else ""
    return "list-ul", _("Looked at a list of products"), detail


def _tracked(payload: Payload) -> Words:
    return "circle-check", str(payload.get("name") or _("An action without a name")), ""


def _answered(payload: Payload) -> Words:
    score, answer = payload.get("score", -1), str(payload.get("answer") or "")
    said = str(score) if isinstance(score, int) and score >= 0 else ""
    detail = " – ".join(each for each in (said, answer[:120]) if each)
    return "help", _("Answered: %(question)s") % {"question": payload.get("question", "")}, detail


WORDS: Mapping[str, Callable[[Payload], Words]] = {
    "contact.verified": _proven,
    "profile.identified": _identified,
    "group.identified": _group,
    "life_event.declared": _declared,
    "life_event.withdrawn": _withdrawn,
    "screen.viewed": _screen,
    "list.viewed": _list,
    "custom.tracked": _tracked,
    "survey.answered": _answered,
}
