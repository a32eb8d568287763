"""What happens to offers, as events: campaigns start from them, and they are in the timeline.

Recorded in the transaction of the grant or the use, so they are there with it or not at all; the
keys are those of the rows, so twice is once. No code and no reason that a colleague wrote is in
them. They stand under a name of hers, so that her timeline and segments find them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.events.api import NewEvent, record_many
from clm_plugin.offers.live import live_offers
from clm_plugin.profiles.api import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.offers.models import OfferGrant, Redemption
    from clm_plugin.offers.plan import Offer

    Ending = tuple[OfferGrant, datetime, int]
    """A grant, when it ends, and how many days before that it is."""

GRANTED, EXPIRING, REDEEMED = "offer.granted", "offer.expiring", "offer.redeemed"


def announce_grants(rows: Iterable[OfferGrant], *, now: datetime) -> None:
    """Record that these offers were given, all in one go."""
    given = list(rows)
    plans, names = live_offers(), names_of(row.profile_id for row in given)
    _record(
        [
            _event(
                GRANTED, row, names[row.profile_id], row.granted_at, plans,
                grant_id=row.pk,
                source=row.source,
                expires_at=row.expires_at.isoformat() if row.expires_at else "",
            )
            for row in given
        ],
        now,
    )  # fmt: skip


def announce_ends(found: Sequence[Ending], plans: Mapping[str, Offer], *, now: datetime) -> None:
    """Record that these end in so many days, all in one go; once for each grant and number."""
    names = names_of(row.profile_id for row, _, _ in found) if found else {}
    _record(
        [
            _event(
                EXPIRING, row, names[row.profile_id], now, plans,
                about=f"{row.pk}:{days}",
                grant_id=row.pk,
                expires_at=end.isoformat(),
                days=days,
            )
            for row, end, days in found
        ],
        now,
    )  # fmt: skip


def announce_uses(rows: Iterable[Redemption], *, now: datetime) -> None:
    """Record that these were used, all in one go; a guest's use is nobody's."""
    known = [(row, row.profile_id) for row in rows if row.profile_id is not None]
    if not known:
        return
    plans, names = live_offers(), names_of(profile_id for _, profile_id in known)
    _record(
        [
            _event(
                REDEEMED, row, names[profile_id], now, plans,
                grant_id=row.grant_id or 0,
                order_id=row.order_id,
                discount_minor=row.discount_minor,
                currency=row.currency,
            )
            for row, profile_id in known
        ],
        now,
    )  # fmt: skip


def _event(
    type_: str,
    row: OfferGrant | Redemption,
    name: str,
    at: datetime,
    plans: Mapping[str, Offer],
    about: str = "",
    **more: Any,
) -> NewEvent:
    plan = plans.get(row.offer)
    title = {"title": plan.title, "kind": plan.effect.kind} if plan is not None else {}
    return NewEvent(
        type=type_,
        actor=name,
        object_id=row.offer,
        occurred_at=at,
        source="plugin",
        key=f"{type_}:{about or row.pk}",
        payload={
            "offer": row.offer, **title, **{name: value for name, value in more.items() if value}
        },
    )  # fmt: skip


def _record(events: list[NewEvent], now: datetime) -> None:
    if events:
        record_many(events, received_at=now)
