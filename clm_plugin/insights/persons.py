"""What the page of one person reads. Each function is one query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.attribution.models import Credit
from clm_plugin.campaigns.models import Receipt
from clm_plugin.events.models import Event
from clm_plugin.insights.data import Cursor, Happening, TimelinePage
from clm_plugin.lifecycle.models import StageChange
from clm_plugin.messages.models import Delivery
from clm_plugin.profiles.models import Consent, Identifier, Profile

if TYPE_CHECKING:
    from django.db.models import QuerySet

TIMELINE_PAGE = 25
LIST_LIMIT = 50
"""Rows of each table on the page; a customer's further receipts are in the report."""


def profile(profile_id: int) -> Profile | None:
    """A profile with its facts and standing, or None."""
    return Profile.objects.select_related("facts", "standing").filter(pk=profile_id).first()


def timeline(profile_id: int, *, older_than: Cursor | None = None) -> TimelinePage:
    """A page of what a profile did, newest first, from the log of all its actors."""
    rows: QuerySet[Event] = Event.objects.filter(
        actor__in=Identifier.objects.filter(profile_id=profile_id).values("actor")
    )
    if older_than:
        rows = rows.filter(
            Q(occurred_at__lt=older_than.at) | Q(occurred_at=older_than.at, id__lt=older_than.id)
        )
    found = [
        Happening(
            id=row.id,
            type=row.type,
            occurred_at=row.occurred_at,
            source=row.source,
            payload=row.payload,
        )
        for row in rows.order_by("-occurred_at", "-id")[: TIMELINE_PAGE + 1]
    ]
    if len(found) <= TIMELINE_PAGE:
        return TimelinePage(happenings=tuple(found))
    *page, behind = found
    return TimelinePage(
        happenings=tuple(page),
        older=Cursor(at=page[-1].occurred_at, id=page[-1].id),
        before=behind,
    )


def stage_history(profile_id: int) -> list[StageChange]:
    """The latest moves between stages, newest first."""
    return list(
        StageChange.objects.filter(profile_id=profile_id).order_by("-changed_at", "-pk")[
            :LIST_LIMIT
        ]
    )


def receipts(profile_id: int) -> list[Receipt]:
    """The latest decisions, yes and no, newest first, with what was done with the widget."""
    return list(
        Receipt.objects.filter(profile_id=profile_id)
        .select_related("impression")
        .order_by("-decided_at", "-pk")[:LIST_LIMIT]
    )


def deliveries(profile_id: int) -> list[Delivery]:
    """The latest mails, newest first."""
    return list(
        Delivery.objects.filter(profile_id=profile_id)
        .defer("content", "links")
        .order_by("-created_at", "-pk")[:LIST_LIMIT]
    )


def credits_of(profile_id: int) -> list[Credit]:
    """The latest orders that were credited to a campaign."""
    return list(
        Credit.objects.filter(profile_id=profile_id)
        .select_related("touch")
        .order_by("-credited_at")[:LIST_LIMIT]
    )


def consents(profile_id: int) -> list[Consent]:
    """What the person agreed to, or refused, per purpose."""
    return list(Consent.objects.filter(profile_id=profile_id).order_by("purpose"))


def identifiers(profile_id: int) -> list[str]:
    """Actors known to be this person; baskets are left out, the rest is short."""
    return list(
        Identifier.objects.filter(profile_id=profile_id)
        .exclude(actor__startswith="basket:")
        .order_by("actor")
        .values_list("actor", flat=True)[:LIST_LIMIT]
    )
