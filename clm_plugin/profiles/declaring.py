"""What a shop tells us of a person on her behalf: proofs of contact, and life events.

All of it is written as events, so that a rebuild knows it too.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from clm_plugin import clock
from clm_plugin.events.api import NewEvent, actor, read_events, record
from clm_plugin.exceptions import ClmError
from clm_plugin.profiles.data import LifeDate, LifeKind
from clm_plugin.profiles.life_rules import read_date
from clm_plugin.profiles.models import Identifier, LifeEvent, LifeEventKind
from clm_plugin.profiles.names import PROVEN, normalise_email, normalise_phone
from clm_plugin.profiles.visitor import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_DECLARED, _WITHDRAWN = "life_event.declared", "life_event.withdrawn"


class LifeEventError(ClmError, ValueError):
    """A life event that cannot be declared: an unknown kind, or no date where one is needed."""


class ContactError(ClmError, ValueError):
    """An address or a number that is none."""


def verify_email(who: HttpRequest | str, email: str, *, at: datetime | None = None) -> bool:
    """Say that an address was proven to be hers: she followed a link that only she was sent.

    ``who`` is the request or the shop's customer id. Devices and guest orders known under the
    address become hers, unless they belong to another account. Never call it for an address that
    was merely typed. False when nothing may be told about her. Raises ContactError.
    """
    if not normalise_email(email):
        raise ContactError(f"{email!r} is no e-mail address")
    return _tell(who, PROVEN, {"email": email}, at)


def verify_phone(who: HttpRequest | str, phone: str, *, at: datetime | None = None) -> bool:
    """Likewise for a number in international form (``+44…``): she typed a code that was sent."""
    if not normalise_phone(phone):
        raise ContactError(f"{phone!r} is no international number")
    return _tell(who, PROVEN, {"phone": phone}, at)


def declare_life_event(
    who: HttpRequest | str, kind: str, on: date | None = None, *, at: datetime | None = None
) -> bool:
    """Note a life event that a person told the shop in a form.

    ``who`` is the request or the shop's customer id, ``kind`` the key of a life event declared in
    the console, ``on`` its day. False when nothing may be told about her (no consent, staff posing
    as her). Raises LifeEventError.
    """
    found = LifeEventKind.objects.filter(key=kind).first()
    if found is None:
        raise LifeEventError(f"{kind!r} is not a life event of this shop")
    if found.source == LifeEventKind.Source.DATED and on is None:
        raise LifeEventError(f"{kind!r} needs a date")
    payload = {"kind": kind, "date": on.isoformat() if on is not None else ""}
    return _tell(who, _DECLARED, payload, at)


def withdraw_life_event(who: HttpRequest | str, kind: str, *, at: datetime | None = None) -> bool:
    """Take a life event back: it is not so, or she would rather not be asked."""
    return _tell(who, _WITHDRAWN, {"kind": kind}, at)


def life_event_kinds() -> list[LifeKind]:
    """The kinds that a form may ask for: those of people's own word, by label."""
    rows = LifeEventKind.objects.exclude(source=LifeEventKind.Source.INFERRED)
    return [_kind(row) for row in rows]


def own_life_events(who: HttpRequest | str) -> dict[str, LifeDate]:
    """What she told so far by kind, also a moment ago: read to fill a form. Two queries."""
    name = _name(who)
    if not name:
        return {}
    owner = Identifier.objects.filter(actor=name, verified=True).values("profile")
    rows = LifeEvent.objects.filter(profile__in=owner).exclude(source=LifeEvent.Source.INFERRED)
    said = {row.kind: (row.declared_at, row.ends_at is not None, row.on) for row in rows}
    for event in read_events(actor=name, type__in=(_DECLARED, _WITHDRAWN)):
        key, at = event.payload["kind"], event.occurred_at
        if key not in said or at >= said[key][0]:
            day = read_date(event.payload.get("date", ""))
            said[key] = (at, event.type == _WITHDRAWN, day)
    return {
        key: LifeDate(kind=key, on=on, declared_at=at)
        for key, (at, is_over, on) in said.items()
        if not is_over
    }


def _kind(row: LifeEventKind) -> LifeKind:
    return LifeKind(
        key=row.key,
        label=row.label,
        needs_date=row.source == LifeEventKind.Source.DATED,
        yearly=row.yearly,
        sensitive=row.sensitive,
    )


def _name(who: HttpRequest | str) -> str:
    return (actor("customer", who) if who else "") if isinstance(who, str) else actor_of(who)


def _tell(who: HttpRequest | str, type_: str, payload: dict[str, Any], at: datetime | None) -> bool:
    name = _name(who)
    if not name:
        return False
    new = NewEvent(type=type_, actor=name, payload=payload, occurred_at=at or clock.now())
    return record(new)
