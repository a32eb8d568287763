"""Writes of mail: what is to be sent, clicks, and addresses that must be left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from clm_plugin.events.api import NewEvent, record_many, uuid7
from clm_plugin.messages.data import ConfirmedClick
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.messages.queries import known_keys, standing_of
from clm_plugin.messages.rules import CONFIRMABLE, UNSUBSCRIBED, gets_mail, suspicion
from clm_plugin.moving import Moved, move_rows, return_rows
from clm_plugin.profiles.api import MAIL, MARKETING, actors_of, email_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from clm_plugin.campaigns.api import Intent
    from clm_plugin.events.api import Event

_MAX_ADDRESS = 254
MAX_CLICKS = 200
"""Clicks written down for one mail; whoever fetches on gets there, unrecorded."""


def deliver(intents: Sequence[Intent], *, now: datetime) -> int:
    """Queue mails, in the caller's transaction; returns how many are new.

    A second intent with a known key changes nothing. The step's content is frozen into the row. An
    address that is none makes a failed row, which the console shows.
    """
    rows = {intent.key: _row(intent, now) for intent in intents}
    known = known_keys(rows)
    fresh = [row for key, row in rows.items() if key not in known]
    Delivery.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return len(fresh)


def _row(intent: Intent, now: datetime) -> Delivery:
    decision, address = intent.decision, intent.person.email
    fine = _is_address(address)
    return Delivery(
        key=intent.key,
        profile_id=decision.profile_id,
        receipt_id=decision.id,
        campaign=decision.campaign,
        plan_version=decision.plan_version,
        step_id=intent.step.id,
        object_id=intent.object_id,
        address=address if fine else "",
        state=Delivery.State.QUEUED if fine else Delivery.State.FAILED,
        reason="" if fine else "not an address",
        content=dict(intent.step.content),
        due_at=now,
        send_by=intent.send_by,
        created_at=now,
        ended_at=None if fine else now,
    )


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= _MAX_ADDRESS and address.isprintable()


def log_click(
    delivery: Delivery, link: int, *, method: str, user_agent: str, is_crawler: bool, now: datetime
) -> UUID | None:
    """Note that a link was fetched, flagged where it looks like a machine; None past the limit.

    A burst over several links flags the whole burst, its first click included.
    """
    before = list(MailClick.objects.filter(delivery=delivery).order_by("-clicked_at")[:MAX_CLICKS])
    if len(before) >= MAX_CLICKS:
        return None
    others = [click for click in before if click.link != link]
    why = suspicion(
        method=method,
        user_agent=user_agent,
        is_crawler=is_crawler,
        clicked_at=now,
        sent_at=delivery.claimed_at,
        others_at=[click.clicked_at for click in others],
    )
    if why == "burst":
        MailClick.objects.filter(
            delivery=delivery,
            suspicious="",
            confirmed_at=None,
            id__in=[click.id for click in others if _together(click.clicked_at, now)],
        ).update(suspicious="burst")
    click = MailClick.objects.create(
        id=uuid7(), delivery=delivery, link=link, clicked_at=now, suspicious=why
    )
    return click.id


def _together(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) < 2


def confirm_clicks(events: Iterable[Event], *, now: datetime) -> list[ConfirmedClick]:
    """The clicks that ``page.viewed`` events prove: a browser ran our script on the target page.

    A replayed event gives the same click again, confirmed at the same time. Two queries a batch.
    """
    ids = {
        found
        for event in events
        if event.type == "page.viewed"
        and event.payload.get("click")
        and (found := _uuid(event.payload["click"]))
    }
    if not ids:
        return []
    clicks = list(
        MailClick.objects.filter(id__in=ids, suspicious__in=CONFIRMABLE).select_related("delivery")
    )
    MailClick.objects.filter(id__in=[click.id for click in clicks], confirmed_at=None).update(
        confirmed_at=now
    )
    return [
        ConfirmedClick(
            id=click.id,
            campaign=click.delivery.campaign,
            profile_id=click.delivery.profile_id,
            at=click.clicked_at,
        )
        for click in clicks
    ]


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def suppress(address: str, *, reason: str, now: datetime) -> bool:
    """Send an address no marketing mail any more; True when that is new.

    A bounce or complaint replaces an unsubscribe, never the other way round.
    """
    row, created = Suppression.objects.get_or_create(
        address_hash=email_hash(address),
        defaults={"reason": reason[:32], "suppressed_at": now},
    )
    if not created and row.reason == UNSUBSCRIBED:
        Suppression.objects.filter(pk=row.pk).update(reason=reason[:32], suppressed_at=now)
    return created


def unsubscribe(delivery: Delivery, *, now: datetime, place: str = "unsubscribe_link") -> None:
    """Stop the address at once and tell the profile's history. Twice is as good as once.

    ``place`` is where it was asked for, for the consent log."""
    with transaction.atomic():
        was_on = gets_mail(standing_of(delivery.profile_id, delivery.address))
        if suppress(delivery.address, reason=UNSUBSCRIBED, now=now) or was_on:
            _record_consent(delivery, "consent.withdrawn", now, place)


def resubscribe(delivery: Delivery, *, now: datetime, place: str = "preference_centre") -> None:
    """Take an unsubscribe back; a bounce or complaint stays."""
    with transaction.atomic():
        who = standing_of(delivery.profile_id, delivery.address)
        undone, _ = Suppression.objects.filter(
            address_hash=email_hash(delivery.address), reason=UNSUBSCRIBED
        ).delete()
        if undone or (who is not None and not who.agreed):
            _record_consent(delivery, "consent.given", now, place)


def _record_consent(delivery: Delivery, kind: str, now: datetime, place: str) -> None:
    names = sorted(actors_of(delivery.profile_id), key=_rank)
    if names:
        event = NewEvent(
            type=kind,
            actor=names[0],
            payload={"purposes": [MARKETING], "channel": MAIL, "place": place},
            occurred_at=now,
            source="plugin",
        )
        record_many([event], received_at=now)


def _rank(name: str) -> tuple[bool, str]:
    # An account's own name is the one that stays hers.
    return not name.startswith("customer:"), name


def move(old: int, new: int) -> Moved:
    """After a merge: mails go to the survivor; returns which."""
    return move_rows(old, new, Delivery)


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: the mails that were hers are hers again."""
    return_rows(moved, Delivery, owner=owner, to=to)
