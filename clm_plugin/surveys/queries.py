"""Reads of surveys: the questions that are live, and what was answered."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from clm_plugin.events.api import latest_of
from clm_plugin.profiles.api import owners_of, trait_values
from clm_plugin.surveys.authoring import Survey
from clm_plugin.surveys.data import Bar, Comment, Group, Question, Results
from clm_plugin.surveys.rules import options, score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

_COMMENTS = 25


def trait_of(survey: str) -> str:
    """The key of the trait that holds the latest answer to a survey."""
    return f"survey.{survey}"


def question(key: str) -> Question | None:
    """A live survey; one query."""
    survey = Survey.objects.filter(key=key, live=True).first()
    return survey.as_question() if survey else None


def survey_names() -> dict[str, str]:
    """Live surveys by key; one query."""
    return dict(Survey.objects.filter(live=True).values_list("key", "name"))


def has_answered(profile_id: int, asked: Question, *, now: datetime) -> bool:
    """Whether she answered lately enough to be left in peace; one query."""
    since = now - timedelta(days=asked.ask_again_days)
    return trait_values(trait_of(asked.key)).filter(profile=profile_id, told_at__gt=since).exists()


def answer_counts() -> dict[str, int]:
    """How many people answered, by survey; one query."""
    rows = trait_values(prefix="survey.").order_by().values_list("key").annotate(Count("pk"))
    return {key.removeprefix("survey."): number for key, number in rows}


def results(asked: Question) -> Results:
    """What came of a survey; five queries, however many answered."""
    rows = trait_values(trait_of(asked.key))
    given = dict(
        rows.order_by().values_list("number" if _scored(asked) else "text").annotate(Count("pk"))
    )
    total = sum(given.values())
    labels = [(option.value, option.label) for option in options(asked)]
    bars = tuple(
        Bar(label=label, count=count, share=count / total if total else 0.0)
        for value, label in labels
        for count in [given.get(float(value) if _scored(asked) else label, 0)]
    )
    return Results(
        answers=total,
        score=score(asked, _by_score(given.items())) if _scored(asked) else None,
        bars=bars,
        stages=_groups(asked, "profile__standing__stage"),
        segments=_groups(asked, "profile__memberships__segment", inside=True),
        comments=_comments(asked.key),
    )


def given(survey: str) -> QuerySet[Any]:
    """The answers that hold now, one a person: score or text, and when she gave it."""
    return trait_values(trait_of(survey)).filter(profile__merged_into__isnull=True)


def _scored(asked: Question) -> bool:
    return asked.kind in ("nps", "stars")


def _by_score(pairs: Iterable[tuple[object, int]]) -> dict[int, int]:
    return {int(value): count for value, count in pairs if isinstance(value, float)}


def _groups(asked: Question, path: str, *, inside: bool = False) -> tuple[Group, ...]:
    """The answers by stage or by segment; the largest group first."""
    rows = trait_values(trait_of(asked.key)).filter(**{f"{path}__isnull": False})
    if inside:
        rows = rows.filter(profile__memberships__inside=True)
    found: dict[str, dict[object, int]] = defaultdict(dict)
    value = "number" if _scored(asked) else "text"
    for key, given, count in rows.order_by().values_list(path, value).annotate(Count("pk")):
        found[str(key)][given] = count
    groups = [
        Group(
            key=key,
            answers=sum(given.values()),
            score=score(asked, _by_score(given.items())) if _scored(asked) else None,
        )
        for key, given in found.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.answers))


def _comments(survey: str) -> tuple[Comment, ...]:
    """The latest answers in words, with whose they are; two queries."""
    events = [
        event
        for event in latest_of("survey.answered", survey, limit=4 * _COMMENTS)
        if event.payload.get("answer")
    ][:_COMMENTS]
    owners = owners_of(events) if events else {}
    return tuple(
        Comment(
            text=event.payload["answer"],
            score=event.payload.get("score", -1),
            at=event.occurred_at,
            profile_id=owners.get(event.actor),
        )
        for event in events
    )
