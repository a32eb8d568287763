"""One message of a sender into events of ours. Pure: no database, no clock, no request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.history import HISTORY, NAMESPACE
from clm_plugin.adapters.segment import pages, people, times, vocabulary
from clm_plugin.adapters.segment.amounts import currency_of
from clm_plugin.adapters.segment.consent import UPDATED, answers, may_store
from clm_plugin.adapters.segment.data import MAX_MESSAGE, Context, Mapped, Piece
from clm_plugin.adapters.segment.traits import fitting, traits_of
from clm_plugin.events.api import BadEvent, NewEvent, check, clean_json, clean_text
from clm_plugin.http import is_crawler

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.adapters.segment.data import Sender, Surroundings

TYPES = ("identify", "track", "page", "screen", "group", "alias")
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A piece of a basket with when, whose and under which message id."""

    piece: Piece
    actor: str
    at: datetime
    message_id: str
    template: NewEvent
    """The event that the basket becomes, but for its payload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a message stands for; nothing at all where its sender may not say it, or may not be
    followed."""

    events: tuple[NewEvent, ...] = ()
    changes: tuple[Change, ...] = ()


def read_message(message: object, sender: Sender, around: Surroundings) -> Read:
    """The events and basket changes of one message. Raises BadEvent naming the field."""
    if not isinstance(message, dict):
        raise BadEvent("message", "must be an object")
    message = _known(message)
    type_ = message.get("type")
    if type_ not in TYPES:
        raise BadEvent("type", f"must be one of {', '.join(TYPES)}")
    if not sender.trusted and type_ in ("identify", "alias", "group"):
        return Read()  # a public key names nobody
    context = _context(message, sender, around)
    actor, links = people.names_of(message, sender)
    at = times.clamped(
        times.happened_at(message, around.sent_at, received_at=around.received_at),
        received_at=around.received_at,
        trusted=sender.trusted,
    )
    told = _told(type_, context)
    if not may_store(message, around) or _by_machine(message):
        told = [each for each in told if _whatever_she_said(each)]
        links = ()
    make = _Maker(message, sender, actor=actor, links=links, at=at, around=around)
    return make.read(told)


def _known(message: dict[str, Any]) -> dict[str, Any]:
    """A message that every database stores, of a bounded size. Raises BadEvent."""
    bare = {name: value for name, value in message.items() if name != "writeKey"}
    clean: dict[str, Any] = clean_json(bare, "message", _DEEPEST, longest=MAX_MESSAGE)
    if len(json.dumps(clean, separators=(",", ":"), ensure_ascii=False).encode()) > MAX_MESSAGE:
        raise BadEvent("message", f"larger than {MAX_MESSAGE} bytes as JSON")
    return clean


def _context(message: dict[str, Any], sender: Sender, around: Surroundings) -> Context:
    properties = message.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise BadEvent("properties", "must be an object")
    return Context(
        sender=sender,
        message=message,
        properties=properties,
        currency=currency_of(properties, around.currency),
        actor=people.names_of(message, sender)[0],
    )


def _told(type_: str, context: Context) -> list[Mapped | Piece]:
    """What a message says. Raises BadEvent."""
    if type_ == "page":
        return [pages.page_viewed(context)]
    if type_ == "screen":
        return [pages.screen_viewed(context)]
    if type_ in ("identify", "alias"):
        traits = traits_of(context.message) if type_ == "identify" else {}
        return [Mapped(type="profile.identified", payload={"traits": traits})]
    if type_ == "group":
        return [_group(context)]
    return _tracked(context)


def _group(context: Context) -> Mapped:
    group = people.id_of(context.message, "groupId")
    if not group:
        raise BadEvent("groupId", "is missing")
    traits = context.message.get("traits")
    traits = fitting(traits) if isinstance(traits, dict) else {}
    return Mapped(
        type="group.identified",
        payload={"group_id": group, "traits": traits},
        object_id=group[:64],
    )


def _tracked(context: Context) -> list[Mapped | Piece]:
    name = context.message.get("event")
    if not isinstance(name, str) or not name.strip():
        raise BadEvent("event", "is missing")
    name = clean_text(name.strip(), "event", 255)
    if name == UPDATED and context.sender.trusted:
        return _consents(context)
    known = vocabulary.EVENTS if context.sender.trusted else vocabulary.PUBLIC
    told = [read(context) for read in known.get(name.lower(), ())]
    found = [each for each in told if each is not None]
    if found and found[0] is told[0]:
        return found
    payload = {"name": name, "properties": fitting(context.properties)}
    return [Mapped(type="custom.tracked", payload=payload, object_id=name[:64])]


def _by_machine(message: dict[str, Any]) -> bool:
    """Whether a crawler did it, by the user agent that the sender passes on (case 49)."""
    context = message.get("context")
    agent = context.get("userAgent") if isinstance(context, dict) else None
    return isinstance(agent, str) and bool(agent) and is_crawler(agent)


def _consents(context: Context) -> list[Mapped | Piece]:
    """Her answer itself: what she agreed to, and what she refused."""
    said = answers(context.message)
    text = context.properties.get("text_version")
    version = text[:64] if isinstance(text, str) else ""
    found: list[Mapped | Piece] = []
    for granted, type_ in ((True, "consent.given"), (False, "consent.withdrawn")):
        purposes = sorted(purpose for purpose, answer in said.items() if answer is granted)
        if purposes:
            payload = {"purposes": purposes, **({"text_version": version} if granted else {})}
            found.append(Mapped(type=type_, payload=payload))
    if not found:
        raise BadEvent("context.consent", "names no purpose with true or false")
    return found


def _whatever_she_said(told: Mapped | Piece) -> bool:
    if isinstance(told, Piece):
        return told.silent
    return bool(told.record) or told.type.startswith(("consent.", "order."))


class _Maker:
    """Makes the events of one message; what they have in common is worked out once."""

    def __init__(
        self,
        message: dict[str, Any],
        sender: Sender,
        *,
        actor: str,
        links: tuple[str, ...],
        at: datetime,
        around: Surroundings,
    ) -> None:
        self._sender = sender
        self._actor, self._links, self._at = actor, links, at
        self._id = people.id_of(message, "messageId")
        self._raw = message if sender.trusted else _without_names(message)
        late = times.is_history(at, received_at=around.received_at)
        self._source = HISTORY if late else sender.source

    def read(self, told: Iterable[Mapped | Piece]) -> Read:
        events: list[NewEvent] = []
        changes: list[Change] = []
        for each in told:
            if isinstance(each, Piece):
                changes.append(self._change(each))
            else:
                events.append(self._event(each, raw=not events))
        return Read(events=tuple(events), changes=tuple(changes))

    def _event(self, mapped: Mapped, *, raw: bool) -> NewEvent:
        key, namespace = self._key(mapped)
        return NewEvent(
            type=mapped.type,
            actor=self._actor,
            links=self._links,
            payload=check(mapped.type, mapped.payload, public=not self._sender.trusted),
            object_id=mapped.object_id[:64],
            occurred_at=self._at,
            source=self._source,
            key=key,
            namespace=namespace,
            brief_key=not mapped.record,
            raw=self._raw if raw else None,
        )

    def _key(self, mapped: Mapped) -> tuple[str, str]:
        """A record's key is the shop's own, so that it counts once whoever tells it first."""
        if mapped.record:
            own = NAMESPACE if self._sender.is_shop else f"ext:{self._sender.source}"
            return mapped.record, own
        return (f"{mapped.type}:{self._id}" if self._id else ""), self._sender.namespace

    def _change(self, piece: Piece) -> Change:
        basket = Mapped(
            type="basket.changed", payload={"basket_id": piece.cart_id}, object_id=piece.cart_id
        )
        return Change(
            piece=piece,
            actor=self._actor,
            at=self._at,
            message_id=self._id,
            template=self._event(basket, raw=True),
        )


def _without_names(message: dict[str, Any]) -> dict[str, Any]:
    """What a public key sent, without what would name a person: it may be anybody's."""
    kept = {name: value for name, value in message.items() if name not in ("userId", "traits")}
    context = kept.get("context")
    if isinstance(context, dict):
        kept["context"] = {k: v for k, v in context.items() if k not in ("traits", "ip")}
    return kept
