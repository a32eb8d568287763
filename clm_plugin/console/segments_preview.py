"""The live count beside the editor: who would be in, in numbers, words and examples.

Nothing here may hang: every question has a time limit, and what did not fit is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.shortcuts import render
from django.urls import reverse

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.guard import SEE_PEOPLE, SEE_SEGMENTS, may
from clm_plugin.console.segments_choices import labels_for
from clm_plugin.console.segments_patience import Impatient, patience
from clm_plugin.profiles.models import Profile
from clm_plugin.segments import api as segments
from clm_plugin.segments.api import Group

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from clm_plugin.segments.api import Condition, Count, Explanation, Labels
    from clm_plugin.segments.models import Segment

COUNT_SECONDS = 4.0
EXAMPLE_SECONDS = 2.0
PARTS_SECONDS = 1.5
"""For the counts of all conditions together; the rest of them stays blank."""
EXAMPLES = 10
REASONS = 4
_MANY = 20_000
_BARE = 14
"""Letters up to which a value needs its question beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A condition or group of the outermost level with its own count."""

    text: str
    count: Count | None
    """None: not counted, for lack of time."""
    share: float
    not_ready: str = ""

    @property
    def width(self) -> float:
        return max(self.share * 100, 0.5) if self.count and self.count.number else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A person who is in, and her own values that put her there."""

    name: str
    url: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the panel shows of a group of rules."""

    sentence: str
    everybody: int
    count: Count | None
    share: float
    lines: tuple[Line, ...]
    examples: tuple[Example, ...] | None
    """None: not looked for (no permission, or no time)."""
    not_ready: tuple[str, ...]


def preview(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The page of the editor's side panel."""
    allowed = getattr(request, "user", None) is not None and may(request, *SEE_SEGMENTS)
    is_static = segment.kind == segment.Kind.STATIC
    context: dict[str, Any] = {
        "segment": segment,
        "is_static": is_static,
        "theme": _theme(request),
        "allowed": allowed,
    }
    if not is_static and allowed:
        compiled = segments.compile_segment(segment)
        context["troubles"] = compiled.troubles() if segment.rules else []
        if compiled.group is not None:
            hidden = segments.hidden_from(request.user)
            if hidden.covers_any(compiled.group.conditions()):
                context |= {"is_sensitive": True, "troubles": []}
            else:
                people = may(request, SEE_PEOPLE)
                context["answer"] = answer(compiled.group, clock.now(), names=people)
    return render(request, "clm_plugin/console/segment_preview.html", context)


def answer(group: Group, now: datetime, *, names: bool) -> Answer:
    """Count, sentence, counts of the parts and (with ``names``) examples of a group."""
    labels = labels_for(group)
    everybody = number_of_profiles()
    waiting = {
        id(condition): ready.why
        for condition in group.conditions()
        if not (ready := condition.ready()).ready
    }
    count = _count(group, now, COUNT_SECONDS)
    return Answer(
        sentence=segments.sentence(group, labels),
        everybody=everybody,
        count=count,
        share=_share(count, everybody),
        lines=_lines(group, now, labels, everybody, waiting) if count is not None else (),
        examples=_examples(group, now, labels) if names and count is not None else None,
        not_ready=tuple(dict.fromkeys(waiting.values())),
    )


def number_of_profiles() -> int:
    """All profiles that are somebody; of many, counted once a minute: it is the same for all."""
    found = cache.get("clm:profiles")
    if found is None:
        found = Profile.objects.filter(merged_into__isnull=True).count()
        if found > _MANY:
            cache.set("clm:profiles", found, 60)
    return int(found)


def _count(node: Group | Condition, now: datetime, seconds: float) -> Count | None:
    try:
        with patience(seconds):
            return segments.count(node, now)
    except Impatient:
        return None


def _share(count: Count | None, everybody: int) -> float:
    return min(count.number / everybody, 1.0) if count is not None and everybody else 0.0


def _lines(
    group: Group, now: datetime, labels: Labels, everybody: int, waiting: dict[int, str]
) -> tuple[Line, ...]:
    if len(group.members) == 1 and not isinstance(group.members[0], Group):
        return ()  # its count is the count
    until = monotonic() + PARTS_SECONDS
    found = []
    for member in group.members:
        left = until - monotonic()
        count = _count(member, now, left) if left > 0.05 else None
        found.append(
            Line(
                text=segments.phrase(member, labels),
                count=count,
                share=_share(count, everybody),
                not_ready=waiting.get(id(member), ""),
            )
        )
    return tuple(found)


def _examples(group: Group, now: datetime, labels: Labels) -> tuple[Example, ...] | None:
    try:
        with patience(EXAMPLE_SECONDS):
            people = segments.sample(group, now, EXAMPLES)
    except Impatient:
        return None
    subjects = segments.read_subjects([person.pk for person in people], [group], now)
    return tuple(
        Example(
            name=name_of(person),
            url=reverse("clm_customers:customer", args=(person.pk,)),
            reasons=reasons(segments.explain(group, subjects[person.pk], now, labels)),
        )
        for person in people
        if person.pk in subjects
    )


def reasons(explanation: Explanation) -> tuple[str, ...]:
    """The person's own values behind the conditions that put her in."""
    return tuple(dict.fromkeys(_whys(explanation, positive=True)))[:REASONS]


def _whys(node: Explanation, *, positive: bool) -> list[str]:
    if not node.members:
        if not node.why or node.holds != positive:
            return []
        # A bare number says nothing without what it was asked for.
        return [node.why if len(node.why) > _BARE else f"{node.sentence}: {node.why}"]
    inner = positive != (node.kind == "none")
    return [why for member in node.members for why in _whys(member, positive=inner)]


def _theme(request: HttpRequest) -> str:
    profile = getattr(getattr(request, "user", None), "wagtail_userprofile", None)
    return str(getattr(profile, "theme", "system"))
