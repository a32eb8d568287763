"""Who a person is on her page: names, traits, life events, and which profiles she was made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clm_plugin import clock
from clm_plugin.console.guard import CHANGE_PEOPLE, SEE_SENSITIVE, may
from clm_plugin.console.wording import day
from clm_plugin.profiles.api import BUILT_IN, LifeFact, life_facts
from clm_plugin.profiles.models import Identifier, MergeRecord, TraitDefinition, TraitValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from clm_plugin.profiles.models import Profile

LIMIT = 50
_LOOKED_AT = 500
_KINDS = {
    "customer": gettext_lazy("Account"),
    "visitor": gettext_lazy("Device"),
    "basket": gettext_lazy("Basket"),
    "guest": gettext_lazy("Guest orders"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
    "profile": gettext_lazy("Profile"),
}
_ORDER = ("customer", "email", "phone", "ext", "guest", "visitor", "profile")
_REASONS = {
    "customer.logged_in": gettext_lazy("a login on this device"),
    "customer.registered": gettext_lazy("a new account on this device"),
    "contact.verified": gettext_lazy("an address or number that was confirmed"),
    "basket.changed": gettext_lazy("a basket that both had"),
    "order.placed": gettext_lazy("an order from this device"),
    "profile.identified": gettext_lazy("another system that named both"),
}
_TRAITS = {
    "email": gettext_lazy("e-mail"),
    "first_name": gettext_lazy("first name"),
    "language": gettext_lazy("language"),
    "country": gettext_lazy("country"),
    "time_zone": gettext_lazy("time zone"),
    "phone": gettext_lazy("phone"),
}
_SOURCES = {
    "declared": gettext_lazy("told by herself"),
    "dated": gettext_lazy("told by herself"),
    "inferred": gettext_lazy("read from orders"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in words. ``value`` is short: hashes and device ids by their first digits."""

    kind: str
    value: str
    verified: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A merge in words."""

    record: MergeRecord
    reason: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A trait in words."""

    label: str
    value: str
    source: str
    told_at: datetime
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A life event in words."""

    fact: LifeFact
    when: str
    source: str


def identity_of(profile: Profile, request: HttpRequest) -> dict[str, Any]:
    """All that the identity cards of a customer's page show; a fixed number of queries."""
    sees_all = may(request, SEE_SENSITIVE)
    names, baskets = names_of(profile.pk)
    life = life_facts([profile.pk], now=clock.now()).get(profile.pk, [])
    return {
        "names": names,
        "baskets": baskets,
        "merges": merges_of(profile.pk),
        "may_undo": may(request, CHANGE_PEOPLE),
        "traits": traits_of(profile.pk, sees_all=sees_all),
        "life": [told_life(fact) for fact in life if sees_all or not fact.sensitive],
        "hidden": 0 if sees_all else sum(fact.sensitive for fact in life),
    }


def names_of(profile_id: int) -> tuple[list[Name], int]:
    """The names of a person, the strongest kinds first, and how many baskets she had."""
    rows = Identifier.objects.filter(profile=profile_id).order_by("-created_at")[:_LOOKED_AT]
    names = [row for row in rows if not row.actor.startswith("basket:")]
    told = [told_name(row) for row in sorted(names, key=_rank)[:LIMIT]]
    return told, len(rows) - len(names)


def _rank(row: Identifier) -> int:
    kind = row.actor.partition(":")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def told_name(row: Identifier) -> Name:
    kind, value = in_words(row.actor)
    return Name(kind=kind, value=value, verified=row.verified, since=row.created_at)


def in_words(actor: str) -> tuple[str, str]:
    """Kind and value of a name as people read it."""
    kind, _sep, value = actor.partition(":")
    if kind == "ext":
        source, _sep, own = value.partition(":")
        return _("In %(system)s") % {"system": source}, own
    if kind in ("visitor", "guest", "email", "phone"):
        value = f"{value[:8]}…" if len(value) > 9 else value
    return str(_KINDS.get(kind, kind)), value


def phrase(actors: Iterable[str], *, most: int = 4) -> tuple[str, ...]:
    """Some names in a row: "Device 3f2a91c0…", and how many more; baskets are only counted."""
    every = list(actors)
    shown = [each for each in every if not each.startswith("basket:")]
    told = [" ".join(in_words(each)) for each in shown[:most]]
    if rest := len(shown[most:]):
        told.append(ngettext("%(n)s more name", "%(n)s more names", rest) % {"n": rest})
    if baskets := len(every) - len(shown):
        told.append(ngettext("%(n)s basket", "%(n)s baskets", baskets) % {"n": baskets})
    return tuple(told)


def merges_of(profile_id: int) -> list[Joined]:
    """The merges that made this person, also those of profiles merged into her; one query."""
    rows = MergeRecord.objects.filter(
        Q(survivor=profile_id) | Q(merged=profile_id) | Q(merged__merged_into=profile_id)
    )
    return [told_merge(row) for row in rows.order_by("-merged_at", "-pk")[:LIMIT]]


def told_merge(record: MergeRecord) -> Joined:
    return Joined(
        record=record,
        reason=str(_REASONS.get(record.reason, record.reason)),
        names=phrase(record.snapshot.get("actors", ())),
    )


def traits_of(profile_id: int, *, sees_all: bool) -> list[Told]:
    """The traits of a person but for survey answers; two queries."""
    rows = TraitValue.objects.filter(profile=profile_id).exclude(key__startswith="survey.")
    values: Sequence[TraitValue] = list(rows.order_by("key")[:LIMIT])
    declared = [value.key for value in values if value.key not in BUILT_IN]
    definitions = {each.key: each for each in TraitDefinition.objects.filter(key__in=declared)}
    told = []
    for value in values:
        definition = definitions.get(value.key)
        if definition is not None and definition.sensitive and not sees_all:
            continue
        label = definition.label if definition else str(_TRAITS.get(value.key, value.key))
        told.append(
            Told(
                label=label,
                value=_value(value, definition),
                source=value.source,
                told_at=value.told_at,
                sensitive=definition is not None and definition.sensitive,
            )
        )
    return told


def _value(value: TraitValue, definition: TraitDefinition | None) -> str:
    if value.number is not None:
        if definition is not None and definition.kind == TraitDefinition.Kind.BOOLEAN:
            return _("yes") if value.number else _("no")
        return number_format(f"{value.number:g}", use_l10n=True, force_grouping=True)
    if value.moment is not None:
        return day(value.moment)
    return value.text or ""


def told_life(fact: LifeFact) -> Life:
    """When it is, or was, or until when orders point to it."""
    when = ""
    if fact.on is not None:
        when = calendar_day(fact.on)
        if fact.next_on is not None and fact.next_on != fact.on:
            when = _("%(day)s, next on %(next)s") % {
                "day": when,
                "next": calendar_day(fact.next_on),
            }
    elif fact.ends_at is not None:
        when = _("until %(day)s") % {"day": day(fact.ends_at)}
    return Life(fact=fact, when=when, source=str(_SOURCES.get(fact.source, fact.source)))


def calendar_day(on: Any) -> str:
    """A date without a time, as ``wording.day`` writes moments."""
    from django.utils.dateformat import format as format_date
    from django.utils.translation import pgettext

    return format_date(on, pgettext("date format", "j M Y"))
