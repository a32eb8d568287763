"""The segments somebody is in, for the page of a customer; why people come and go, in words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clm_plugin.console.segments_choices import labels_for
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import Membership, MembershipChange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.segments.api import Condition, Hidden, Labels

_CAUSES = {
    "time": gettext_noop("the passing of time"),
    "published": gettext_noop("the publishing of the segment"),
    "backfill": gettext_noop("the history that was read in"),
    "list": gettext_noop("an edit of the list"),
    "segment": gettext_noop("a change in another segment"),
    "nightly": gettext_noop("new scores of the night"),
    "rebuild": gettext_noop("a rebuild of the facts"),
    "merge": gettext_noop("a merge of profiles"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A segment on the customer's page."""

    name: str
    url: str
    since: datetime
    cause: str
    conditions: tuple[str, ...]
    persona: bool


def cause_text(reason: Any) -> str:
    cause = str(reason.get("cause", "")) if isinstance(reason, dict) else ""
    return _(_CAUSES[cause]) if cause in _CAUSES else cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Puts stored reasons into words for one user: with today's names, in the user's language, and
    without what that user may not see."""

    labels: Labels
    hidden: Hidden

    def conditions(self, reason: Any) -> tuple[str, ...]:
        """What decided, with the person's values at that time."""
        return tuple(
            why or segments.phrase(condition, self.labels)
            for condition, why in _deciding(reason)
            if not self.hidden.covers(condition)
        )


def reader_of(reasons: Iterable[Any], request: HttpRequest) -> Reader:
    """The reader of these reasons; at most a query a kind of thing that they name."""
    asked = [condition for reason in reasons for condition, _why in _deciding(reason)]
    return Reader(labels=labels_for(*asked), hidden=segments.hidden_from(request.user))


def _deciding(reason: Any) -> list[tuple[Condition, str]]:
    """The conditions that decided, of people's doings and not of our bookkeeping."""
    if not isinstance(reason, dict) or reason.get("cause") in segments.SILENT:
        return []
    found = []
    for asked, _holds, why in reason.get("conditions", ()):
        with suppress(segments.SegmentError):  # of a kind that is no more
            found.append((segments.condition_from_json(asked), str(why)))
    return found


def segments_box(profile_id: int, request: HttpRequest) -> list[Inside]:
    """The segments somebody is in, since when and why, for the page of a customer; one query
    beside the version of what is held in memory. Those that would tell something sensitive are
    left out for who may not see it."""
    names = segments.segment_names()
    entered = MembershipChange.objects.filter(
        profile=OuterRef("profile"), segment=OuterRef("segment"), entered=True
    ).order_by("-changed_at", "-pk")
    rows = list(
        Membership.objects.filter(profile=profile_id, inside=True)
        .annotate(reason=Subquery(entered.values("reason")[:1]))
        .order_by("-since")
        .values_list("segment_id", "since", "reason", "segment__persona")
    )
    reader = reader_of((reason for _key, _since, reason, _persona in rows), request)
    return [
        Inside(
            name=names[key],
            url=reverse("clm_segments:by_key", args=(key,)),
            since=since,
            cause=cause_text(reason or {}),
            conditions=reader.conditions(reason),
            persona=bool(persona),
        )
        for key, since, reason, persona in rows
        if key in names and key not in reader.hidden.segments
    ]
