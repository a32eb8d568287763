"""The segments somebody is in, for the page of a customer; why people come and go, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clm_plugin.segments.api import SILENT, segment_names
from clm_plugin.segments.models import Membership, MembershipChange

if TYPE_CHECKING:
    from datetime import datetime

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


def conditions_text(reason: Any) -> tuple[str, ...]:
    """What decided, with the person's values at that time; of people, not of our bookkeeping."""
    if not isinstance(reason, dict) or reason.get("cause") in SILENT:
        return ()
    found = reason.get("conditions", [])
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
