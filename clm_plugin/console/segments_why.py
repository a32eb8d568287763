"""Why is she in, or out: the tree of the rules with one person's values, and the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clm_plugin.console.customer import name_of
from clm_plugin.profiles.models import Profile
from clm_plugin.segments import api as segments
from clm_plugin.segments.api import segment_names
from clm_plugin.segments.models import Membership, MembershipChange, StaticMember

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.segments.api import Explanation, Group, Labels, Told
    from clm_plugin.segments.models import CompiledSegment

_CAUSES = {
    "time": gettext_noop("time passed"),
    "published": gettext_noop("the segment was published"),
    "backfill": gettext_noop("the history was read in"),
    "list": gettext_noop("the list was edited"),
    "segment": gettext_noop("another segment changed"),
    "nightly": gettext_noop("scores were worked out anew"),
    "rebuild": gettext_noop("facts were rebuilt"),
    "merge": gettext_noop("profiles were joined"),
    "page.viewed": gettext_noop("a visit"),
    "product.viewed": gettext_noop("a look at a product"),
    "basket.changed": gettext_noop("a change of the basket"),
    "order.placed": gettext_noop("an order"),
    "order.cancelled": gettext_noop("a cancelled order"),
    "order.refunded": gettext_noop("a refund"),
    "customer.registered": gettext_noop("a new account"),
    "customer.logged_in": gettext_noop("a login"),
    "consent.given": gettext_noop("a consent"),
    "consent.withdrawn": gettext_noop("a consent that was withdrawn"),
    "profile.identified": gettext_noop("news from another system"),
    "survey.answered": gettext_noop("an answer to a survey"),
    "life_event.declared": gettext_noop("a life event"),
}
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
    holds: bool
    good: bool
    is_group: bool
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A segment on the customer's page."""

    name: str
    url: str
    since: datetime
    cause: str
    conditions: tuple[str, ...]
    persona: bool


def find_person(asked: str) -> Profile | None:
    """The profile of an e-mail address, a customer id or a profile's number; two queries."""
    found = Profile.objects.filter(
        **({"email": asked.lower()} if "@" in asked else {"customer_id": asked})
    ).order_by("merged_into", "pk").first()  # fmt: skip
    if found is None and asked.isdecimal() and len(asked) < 19:
        found = Profile.objects.filter(pk=int(asked)).first()
    return found.merged_into if found is not None and found.merged_into_id else found


def why(
    row: CompiledSegment, group: Group | None, person: Profile, labels: Labels, now: datetime
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
            holds=member.holds,
            good=member.holds == inner,
            is_group=bool(member.members),
            members=branches(member, positive=inner) if member.members else (),
        )
        for member in told.members
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def told_changes(changes: Iterable[Told]) -> list[Line]:
    """The history of a segment with the names of the people; one query."""
    changes = list(changes)
    people = Profile.objects.in_bulk({change.profile_id for change in changes})
    return [
        Line(
            name=name_of(people[change.profile_id]),
            url=reverse("clm_customers:customer", args=(change.profile_id,)),
            entered=change.entered,
            changed_at=change.changed_at,
            cause=cause_text(change.reason),
            conditions=conditions_text(change.reason),
        )
        for change in changes
        if change.profile_id in people
    ]


def cause_text(reason: Any) -> str:
    cause = str(reason.get("cause", "")) if isinstance(reason, dict) else ""
    return _(_CAUSES[cause]) if cause in _CAUSES else cause


def conditions_text(reason: Any) -> tuple[str, ...]:
    """What decided, with the person's values at that time."""
    found = reason.get("conditions", []) if isinstance(reason, dict) else []
    return tuple(str(one[2] or one[0]) for one in found if len(one) == 3)


def segments_box(profile_id: int) -> list[Inside]:
    """The segments somebody is in, since when and why, for the page of a customer; one query
    beside the version of what is held in memory."""
    names = segment_names()
    entered = MembershipChange.objects.filter(
        profile=OuterRef("profile"), segment=OuterRef("segment"), entered=True
    ).order_by("-changed_at", "-pk")
    rows = (
        Membership.objects.filter(profile=profile_id, inside=True)
        .annotate(reason=Subquery(entered.values("reason")[:1]))
        .order_by("-since")
        .values_list("segment_id", "since", "reason", "segment__persona")
    )
    return [
        Inside(
            name=names[key],
            url=reverse("clm_segments:by_key", args=(key,)),
            since=since,
            cause=cause_text(reason or {}),
            conditions=conditions_text(reason or {}),
            persona=bool(persona),
        )
        for key, since, reason, persona in rows
        if key in names
    ]
