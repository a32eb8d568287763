"""Clicks become touches, and orders are credited to the last touch before them.

Last click inside ``CLM["ATTRIBUTION_WINDOW"]`` (5 days by default, as Klaviyo does); opens and
impressions never count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.attribution.models import Credit, Touch
from clm_plugin.conf import settings
from clm_plugin.moving import Moved, move_rows, return_rows
from clm_plugin.profiles.api import order_owner, orders_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A person's confirmed click. ``reference`` is unique inside its channel."""

    profile_id: int
    campaign: str
    channel: str
    reference: str
    clicked_at: datetime


def touch(clicks: Sequence[Click]) -> None:
    """Store clicks as touches; a click that is known already changes nothing."""
    Touch.objects.bulk_create(
        [
            Touch(
                profile_id=click.profile_id,
                campaign=click.campaign,
                channel=click.channel,
                reference=click.reference,
                touched_at=click.clicked_at,
            )
            for click in clicks
        ],
        ignore_conflicts=True,
    )


def credit(order_ids: Iterable[str]) -> int:
    """Credit orders that followed a click, and keep credited refunds and cancellations true.

    Three queries for a batch. Returns how many orders are credited now.
    """
    orders = order_owner(order_ids)
    placed = [
        (order, order.profile_id, order.placed_at)
        for order in orders.values()
        if order.profile_id is not None and order.placed_at is not None
    ]
    if not placed:
        return 0
    window = settings.ATTRIBUTION_WINDOW
    touches: dict[int, list[Touch]] = {}
    for row in Touch.objects.filter(
        profile__in={profile_id for _, profile_id, _ in placed},
        touched_at__gte=min(placed_at for *_, placed_at in placed) - window,
    ).order_by("touched_at"):
        touches.setdefault(row.profile_id, []).append(row)
    rows = []
    for order, profile_id, placed_at in placed:
        before = [
            touch
            for touch in touches.get(profile_id, ())
            if placed_at - window <= touch.touched_at <= placed_at
        ]
        if before:
            rows.append(
                Credit(
                    order_id=order.order_id,
                    profile_id=profile_id,
                    touch=before[-1],
                    campaign=before[-1].campaign,
                    credited_at=placed_at,
                    currency=order.currency,
                    total_minor=order.total_minor,
                    margin_minor=order.margin_minor,
                    refunded_minor=order.refunded_minor,
                    cancelled=order.cancelled_at is not None,
                )
            )
    Credit.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["order_id"],
        update_fields=[
            "touch",
            "campaign",
            "total_minor",
            "margin_minor",
            "refunded_minor",
            "cancelled",
        ],
    )
    return len(rows)


def move(old: int, new: int) -> Moved:
    """After a merge: touches and credits go to the survivor; returns which."""
    return move_rows(old, new, Touch, Credit)


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: the touches that were hers are hers again. Credits: see ``recredit``."""
    return_rows(moved, Touch, owner=owner, to=to)


def recredit(profile_ids: Iterable[int]) -> int:
    """Credit the orders of these people anew, from their own touches; returns how many."""
    orders = orders_of(profile_ids)
    Credit.objects.filter(order_id__in=orders).delete()
    return credit(orders)
