"""Whom a message is about: its ids as names of ours. Pure.

A public key names nobody but an anonymous device of its own source. Only a server key may say that
two ids are one person, and only by ``identify`` and ``alias``.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from clm_plugin.adapters.segment.data import CUSTOMER
from clm_plugin.events.api import BadEvent, actor, clean_int, clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.adapters.segment.data import Sender

_OURS = re.compile(r"[0-9a-f]{32}\Z")
_LONGEST = 80
MIN_PUBLIC_ID = 16
"""Characters of an anonymous id from a public key: so that nobody's can be guessed."""


def names_of(message: Mapping[str, object], sender: Sender) -> tuple[str, tuple[str, ...]]:
    """Actor, and the names that this message says are the same person. Raises BadEvent."""
    anonymous = id_of(message, "anonymousId")
    if not sender.trusted:
        if len(anonymous) < MIN_PUBLIC_ID:
            raise BadEvent("anonymousId", f"must have at least {MIN_PUBLIC_ID} characters")
        return _external(sender.source, f"anon-{anonymous}"), ()
    user = id_of(message, "userId")
    if not user and not anonymous:
        raise BadEvent("userId", "is missing, and so is anonymousId")
    if not user:
        return device(anonymous, sender), ()
    name = person(user, sender)
    if message.get("type") == "identify" and anonymous:
        return name, (device(anonymous, sender),)
    if message.get("type") == "alias":
        return name, _former(message, sender, name)
    return name, ()


def _former(message: Mapping[str, object], sender: Sender, name: str) -> tuple[str, ...]:
    """What an alias calls the same person. ``previousId`` may be a device's id or a user's."""
    former = id_of(message, "previousId")
    if not former:
        raise BadEvent("previousId", "is missing")
    names = [device(former, sender)]
    if sender.ids_are != CUSTOMER:  # two accounts of the shop are never one
        names.append(person(former, sender))
    return tuple(each for each in names if each != name)


def person(user: str, sender: Sender) -> str:
    """The name of a user id: a customer of the shop, or somebody in the sender's own system."""
    if sender.ids_are == CUSTOMER:
        return actor("customer", clean_text(user, "userId", 64))
    # An id that looks like a device's name must not become one.
    return _external(sender.source, user, hashed=user.startswith(("anon-", "h-")))


def device(anonymous: str, sender: Sender) -> str:
    """The name of an anonymous id: our own visitor cookie's value, or a device of the sender."""
    if _OURS.match(anonymous):
        return actor("visitor", anonymous)
    return _external(sender.source, f"anon-{anonymous}")


def is_device(name: str, sender: Sender) -> bool:
    """Whether a name is a device's, of our own or of the sender's."""
    return name.startswith(("visitor:", f"ext:{sender.source}:anon-"))


def scoped(sender: Sender, value: str) -> str:
    """An id of an order or basket, at most 64 characters: the shop's own, or under its source."""
    if not value or sender.is_shop:
        return value[:64]
    whole = f"{sender.source}:{value}"
    return whole if len(whole) <= 64 else f"{sender.source}:{_digest(value)}"


def id_of(message: Mapping[str, object], field: str) -> str:
    """An id as text, "" without one; whole numbers are taken too. Raises BadEvent."""
    value = message.get(field)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(clean_int(value, field))
    if not isinstance(value, str):
        raise BadEvent(field, "must be text")
    return clean_text(value.strip(), field, 255)


def _external(source: str, value: str, *, hashed: bool = False) -> str:
    name = f"ext:{source}:{value}"
    if len(name) <= _LONGEST and not hashed:
        return name
    kind = "anon-" if value.startswith("anon-") and not hashed else ""
    return f"ext:{source}:{kind}h-{_digest(value)}"


def _digest(value: str) -> str:
    return hashlib.blake2b(value.encode(), digest_size=16).hexdigest()
