"""Why is she in, or out: the tree of the rules with one person's values, and the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clm_plugin.console.customer import name_of
from clm_plugin.console.segments_box import cause_text, reader_of
from clm_plugin.profiles.models import Profile
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import Membership, StaticMember

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.segments.api import Explanation, Group, Labels, Told
    from clm_plugin.segments.models import CompiledSegment

GROUPS = {
    "all": gettext_noop("All of these"),
    "any": gettext_noop("Any of these"),
    "none": gettext_noop("None of these"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A line of the tree. ``good``: it speaks for being in, which inside "none" is a no."""

    text: str
    why: str
    good: bool
    members: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The answer about one person. ``stored`` is what our books say, ``holds`` what is true now."""

    name: str
    url: str
    holds: bool
    stored: bool
    since: datetime | None
    tree: tuple[Branch, ...]
    """Empty for a static list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the history, in words."""

    name: str
    url: str
    entered: bool
    changed_at: datetime
    cause: str
    conditions: tuple[str, ...]


def find_person(asked: str) -> Profile | None:
    """The profile of an e-mail address, a customer id or a profile's number; two queries."""
    found = Profile.objects.filter(
        **({"email": asked.lower()} if "@" in asked else {"customer_id": asked})
    ).order_by("merged_into", "pk").first()  # fmt: skip
    if found is None and asked.isdecimal() and len(asked) < 19:
        found = Profile.objects.filter(pk=int(asked)).first()
    return found.merged_into if found is not None and found.merged_into_id else found


def why(
    row: CompiledSegment,
    group: Group | None,
    person: Profile,
    labels: Labels,
    now: datetime,
) -> Why:
    """Each condition with this person's own value."""
    held = Membership.objects.filter(segment=row.key, profile=person.pk).first()
    stored = held is not None and held.inside
    if group is None:
        holds = StaticMember.objects.filter(segment=row.key, profile=person.pk).exists()
        tree: tuple[Branch, ...] = ()
    else:
        subject = segments.read_subjects([person.pk], [group], now)[person.pk]
        told = segments.explain(group, subject, now, labels)
        holds, tree = told.holds, branches(told, positive=True)
    return Why(
        name=name_of(person),
        url=reverse("clm_customers:customer", args=(person.pk,)),
        holds=holds,
        stored=stored,
        since=held.since if held is not None and stored else None,
        tree=tree,
    )


def branches(told: Explanation, *, positive: bool) -> tuple[Branch, ...]:
    """The members of a group as lines."""
    inner = positive != (told.kind == "none")
    return tuple(
        Branch(
            text=_(GROUPS[member.kind]) if member.members else _capital(member.sentence),
            why=member.why,
            good=member.holds == inner,
            members=branches(member, positive=inner) if member.members else (),
        )
        for member in told.members
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def told_changes(changes: Iterable[Told], request: HttpRequest) -> list[Line]:
    """The history of a segment with the names of the people; one query beside names of things."""
    changes = list(changes)
    reader = reader_of((change.reason for change in changes), request)
    people = Profile.objects.in_bulk({change.profile_id for change in changes})
    return [
        Line(
            name=name_of(people[change.profile_id]),
            url=reverse("clm_customers:customer", args=(change.profile_id,)),
            entered=change.entered,
            changed_at=change.changed_at,
            cause=cause_text(change.reason),
            conditions=reader.conditions(change.reason),
        )
        for change in changes
        if change.profile_id in people
    ]
