"""Receipts: every decision, yes and no, with the rule that decided; and what came of widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from clm_plugin.campaigns.models import Impression, Receipt
from clm_plugin.upsert import EARLIEST, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.campaigns.data import Decision
    from clm_plugin.events.api import Event

_COLUMNS = (
    "id",
    "profile_id",
    "campaign",
    "plan_version",
    "channel",
    "place",
    "object_id",
    "yes",
    "rule",
    "inputs",
    "decided_at",
)
_REACTIONS = {
    "widget.shown": "shown_at",
    "widget.clicked": "clicked_at",
    "widget.dismissed": "dismissed_at",
}


def write_receipts(decisions: Sequence[Decision], *, at_leisure: bool = False) -> None:
    """Store decisions; one statement.

    ``at_leisure``: the caller does not wait for the disk. A page must not, for what it shows in
    passing: should the database server itself crash, receipts of the last half second may be
    missing. Mails and overlays always wait.
    """
    upsert(
        Receipt,
        _COLUMNS,
        [
            (
                decision.id,
                decision.profile_id,
                decision.campaign,
                decision.plan_version,
                decision.channel,
                decision.place,
                decision.object_id,
                decision.verdict.yes,
                decision.verdict.rule,
                decision.verdict.inputs,
                decision.decided_at,
            )
            for decision in decisions
        ],
        key=("id",),
        combine={},
        at_leisure=at_leisure,
    )


def note_reactions(
    events: Sequence[Event], profile_of: Mapping[str, int]
) -> list[tuple[Event, str]]:
    """Note what shoppers did with widgets; returns the clicks, each with its campaign.

    A receipt counts only for the person it was written for: a public body can name any receipt,
    but not touch a stranger's. At most two statements.
    """
    told: dict[UUID, dict[str, datetime]] = {}
    owners: dict[UUID, int] = {}
    clicks: dict[UUID, Event] = {}
    for event in events:
        column = _REACTIONS.get(event.type)
        receipt = _uuid(event.payload.get("receipt", "")) if column else None
        profile = profile_of.get(event.actor)
        if column is None or receipt is None or profile is None:
            continue
        times = told.setdefault(receipt, {})
        times[column] = min(times.get(column, event.occurred_at), event.occurred_at)
        owners[receipt] = profile
        if event.type == "widget.clicked":
            clicks.setdefault(receipt, event)
    if not told:
        return []
    own = {
        receipt: campaign
        for receipt, profile, campaign in Receipt.objects.filter(
            id__in=list(told), yes=True
        ).values_list("id", "profile_id", "campaign")
        if owners[receipt] == profile
    }
    columns = tuple(_REACTIONS.values())
    upsert(
        Impression,
        ("receipt_id", *columns),
        [(receipt, *(told[receipt].get(name) for name in columns)) for receipt in sorted(own)],
        key=("receipt_id",),
        combine=dict.fromkeys(columns, EARLIEST),
    )
    return [(event, own[receipt]) for receipt, event in clicks.items() if receipt in own]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
