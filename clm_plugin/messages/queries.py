"""Reads of mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, F, FilteredRelation, Min, OuterRef, Q, Subquery

from clm_plugin.conf import settings
from clm_plugin.messages.data import DeliveryInfo
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.messages.rules import CLAIM_LIFE, Standing
from clm_plugin.profiles.api import MAIL, MARKETING, email_hash, profiles

if TYPE_CHECKING:
    from collections.abc import Iterable

_State = Delivery.State


def standing_of(profile_id: int, address: str) -> Standing | None:
    """The recipient as she is now: address, consent, last order, suppression. One query."""
    stopped = Suppression.objects.filter(address_hash=email_hash(address))
    row = (
        profiles()
        .filter(id=profile_id)
        .annotate(
            said=FilteredRelation(
                "consents",
                condition=Q(consents__purpose=MARKETING, consents__channel=MAIL),
            ),
            suppressed_at=Subquery(stopped.values("suppressed_at")[:1]),
            suppressed_for=Subquery(stopped.values("reason")[:1]),
        )
        .values_list(
            "email",
            "customer_id",
            "facts__orders",
            "facts__last_order_at",
            "said__granted",
            "said__changed_at",
            "suppressed_at",
            "suppressed_for",
        )
        .first()
    )
    if row is None:
        return None
    email, customer, orders, last_order_at, granted, changed_at, suppressed_at, reason = row
    soft = settings.SOFT_OPT_IN and bool(customer or orders)
    return Standing(
        email=email,
        agreed=soft if granted is None else granted,
        agreed_at=changed_at if granted else None,
        last_order_at=last_order_at,
        suppressed_at=suppressed_at,
        suppressed_for=reason or "",
    )


def is_suppressed(address: str) -> bool:
    """Whether an address must get no marketing mail, however it is written."""
    return Suppression.objects.filter(address_hash=email_hash(address)).exists()


def next_due() -> datetime | None:
    """When the sender or ``recover`` has something to do next; None: nothing waits."""
    rows = Delivery.objects.filter(state__in=[_State.QUEUED, _State.SENDING]).aggregate(
        due=Min("due_at", filter=Q(state=_State.QUEUED)),
        claimed=Min("claimed_at", filter=Q(state=_State.SENDING)),
    )
    lost = rows["claimed"] + CLAIM_LIFE if rows["claimed"] else None
    return min((at for at in (rows["due"], lost) if at is not None), default=None)


def counts_by_campaign(since: datetime) -> dict[str, dict[str, int]]:
    """Mails decided since, by campaign and state, and ``clicked``: those with a confirmed click.

    Two grouped queries.
    """
    found: dict[str, dict[str, int]] = {}
    recent = Delivery.objects.filter(created_at__gte=since)
    for campaign, state, count in recent.values_list("campaign", "state").annotate(n=Count("id")):
        found.setdefault(campaign, {})[state] = count
    clicked = (
        MailClick.objects.filter(confirmed_at__isnull=False, delivery__created_at__gte=since)
        .values_list("delivery__campaign")
        .annotate(n=Count("delivery", distinct=True))
    )
    for campaign, count in clicked:
        found.setdefault(campaign, {})["clicked"] = count
    return found


def deliveries_of(profile_id: int, limit: int = 50) -> list[DeliveryInfo]:
    """The latest mails to a person, newest first; one query."""
    first_click = (
        MailClick.objects.filter(delivery=OuterRef("pk"), confirmed_at__isnull=False)
        .order_by("clicked_at")
        .values("clicked_at")[:1]
    )
    rows = (
        Delivery.objects.filter(profile=profile_id)
        .annotate(clicked_at=Subquery(first_click))
        .order_by(F("created_at").desc(), "-id")[:limit]
    )
    return [
        DeliveryInfo(
            token=row.token,
            campaign=row.campaign,
            receipt_id=row.receipt_id,
            step_id=row.step_id,
            address=row.address,
            subject=row.subject,
            state=row.state,
            reason=row.reason,
            created_at=row.created_at,
            ended_at=row.ended_at,
            clicked_at=row.clicked_at,
        )
        for row in rows
    ]


def by_token(token: str) -> Delivery | None:
    """The delivery behind a link."""
    return Delivery.objects.filter(token=token).select_related("profile").first()


def known_keys(keys: Iterable[str]) -> set[str]:
    """Which idempotency keys have a delivery already."""
    return set(Delivery.objects.filter(key__in=list(keys)).values_list("key", flat=True))
