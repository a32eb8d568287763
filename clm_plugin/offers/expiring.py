"""Grants whose end comes near: their owners are told a week and a day before, once each."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from clm_plugin.offers.announcing import announce_ends
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.marks import DAYS, due_mark, ends_at, next_mark
from clm_plugin.offers.models import OfferGrant
from clm_plugin.offers.standing import usable

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.plan import Offer

_CHUNK = 5_000


def notice_due(*, now: datetime, limit: int = 500) -> int:
    """Tell the owners of up to ``limit`` grants that they end; returns how many were looked at.

    One transaction. A grant that somebody else holds at this moment is found by the next sweep.
    """
    with transaction.atomic():
        due = OfferGrant.objects.filter(due_at__lte=now).order_by("due_at", "id")
        rows = list(due.select_for_update(no_key=True, skip_locked=True)[:limit])
        if not rows:
            return 0
        plans, told = live_offers(), []
        open_ = usable(rows, plans, now=now)
        for row in rows:
            assert row.due_at is not None
            end = ends_at(row.expires_at, plans.get(row.offer))
            days = due_mark(row.granted_at, end, since=row.due_at, now=now)
            if row.pk in open_ and end is not None and days is not None:
                told.append((row, end, days))
            row.due_at = next_mark(row.granted_at, end, after=now)
        OfferGrant.objects.bulk_update(rows, ["due_at"])
        announce_ends(told, plans, now=now)
    return len(rows)


def next_notice() -> datetime | None:
    """When the next grant is to be looked at; None: none is."""
    rows = OfferGrant.objects.filter(due_at__isnull=False).order_by("due_at")
    return rows.values_list("due_at", flat=True).first()


def look_again(offer: Offer, *, now: datetime) -> None:
    """The offer is published anew: grants that end with it, sooner than they were to, are looked
    at in time, of marks that are left. In the caller's transaction, and before it takes counters.
    """
    if offer.closes_at is None:
        return
    marks = [offer.closes_at - timedelta(days=days) for days in DAYS]
    first = min((at for at in marks if at > now), default=max(marks))
    ends_later = Q(expires_at=None) | Q(expires_at__gt=offer.closes_at)
    rows = OfferGrant.objects.filter(ends_later, offer=offer.key, revoked_at=None)
    rows = rows.filter(Q(due_at=None) | Q(due_at__gt=first))
    # Locked by id first, as checkouts do: an UPDATE alone takes rows in any order.
    held = rows.select_for_update(no_key=True).order_by("pk").values_list("pk")
    deque(held.iterator(_CHUNK), maxlen=0)
    rows.update(due_at=first)
