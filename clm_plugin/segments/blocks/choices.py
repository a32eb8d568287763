"""What can be chosen in the blocks, with names for people. Read when a form is drawn."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clm_plugin.lifecycle.api import stage_choices
from clm_plugin.profiles.api import ANALYTICS, CHANNELS, MARKETING, PERSONALISATION
from clm_plugin.segments import rfm_rules
from clm_plugin.segments.event_labels import EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

sources: dict[str, Callable[[], list[tuple[str, Any]]]] = {}
"""Lists that floors above or beside know: ``traits``, ``trait_kinds``, ``life_events``,
``surveys``. Filled at start-up."""

_Keys = frozenset[str]
_left_out: ContextVar[tuple[_Keys, _Keys]] = ContextVar("left_out", default=(_Keys(), _Keys()))


@contextmanager
def left_out(*, traits: _Keys, life_events: _Keys) -> Iterator[None]:
    """Inside, these are not offered: blocks are made once for all, a form is drawn for one."""
    token = _left_out.set((traits, life_events))
    try:
        yield
    finally:
        _left_out.reset(token)


def stages() -> list[tuple[str, Any]]:
    """The stages of the model in use."""
    return list(stage_choices())


def events() -> list[tuple[Any, Any]]:
    return [(group, list(events)) for group, events in EVENTS]


def rfm_names() -> list[tuple[str, Any]]:
    from django.utils.translation import gettext

    return [(key, gettext(label)) for key, label in rfm_rules.NAMES.items()]


def consents() -> list[tuple[str, Any]]:
    """Purposes, and marketing by channel: ``marketing:mail``."""
    channels = {
        "mail": _("Marketing by e-mail"),
        "push": _("Marketing by push message"),
        "sms": _("Marketing by text message"),
        "phone": _("Marketing by phone"),
        "post": _("Marketing by post"),
    }
    return [
        (ANALYTICS, _("Analytics")),
        (PERSONALISATION, _("Personalisation")),
        *((f"{MARKETING}:{key}", channels.get(key, key)) for key in CHANNELS),
    ]


def traits() -> list[tuple[str, Any]]:
    return [pair for pair in _from("traits") if pair[0] not in _left_out.get()[0]]


def trait_kind(key: str) -> str:
    """``text``, ``number``, ``boolean``, ``date`` or ``choice``; text for one we do not know."""
    return str(dict(_from("trait_kinds")).get(key, "text"))


def life_events() -> list[tuple[str, Any]]:
    return [pair for pair in _from("life_events") if pair[0] not in _left_out.get()[1]]


def surveys() -> list[tuple[str, Any]]:
    return _from("surveys")


def _from(name: str) -> list[tuple[str, Any]]:
    return sources[name]() if name in sources else []
