"""People, decisions and numbers for the console, written straight into the tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from clm_plugin.events.api import uuid7
from clm_plugin.models import (
    Campaign,
    Credit,
    DeadLetter,
    Delivery,
    Event,
    Facts,
    Identifier,
    Impression,
    Profile,
    Receipt,
    StageChange,
    Standing,
    Touch,
)
from tests.factories import NOW


def make_person(*, stage: str = "acquire", seen: datetime = NOW, **fields: Any) -> Profile:
    facts = {key: fields.pop(key) for key in list(fields) if key in ("orders", "spend_minor")}
    person = Profile.objects.create(created_at=NOW, **fields)
    Facts.objects.create(profile=person, last_seen_at=seen, first_seen_at=seen, **facts)
    Standing.objects.create(profile=person, stage=stage, since=NOW - timedelta(days=3))
    Identifier.objects.create(actor=f"visitor:{uuid4()}", profile=person, created_at=NOW)
    return person


def actor_of(person: Profile) -> str:
    return str(Identifier.objects.filter(profile=person).values_list("actor", flat=True)[0])


def make_event(person: Profile, type_: str, *, at: datetime = NOW, **payload: Any) -> Event:
    return Event.objects.create(
        id=uuid7(), type=type_, actor=actor_of(person), occurred_at=at, received_at=at,
        source="browser", payload=payload,
    )  # fmt: skip


def make_receipt(person: Profile, **fields: Any) -> Receipt:
    values = {
        "campaign": "tea", "plan_version": 1, "channel": "mail", "place": "step", "yes": True,
        "rule": "all_rules_passed", "decided_at": NOW,
    }  # fmt: skip
    return Receipt.objects.create(id=uuid7(), profile=person, **{**values, **fields})


def make_seen(receipt: Receipt) -> Impression:
    return Impression.objects.create(receipt=receipt, shown_at=receipt.decided_at)


def make_mail(person: Profile, *, state: str = "sent", **fields: Any) -> Delivery:
    values = {
        "key": uuid4().hex, "receipt_id": uuid4(), "campaign": "tea", "plan_version": 1,
        "step_id": "step", "address": "ann@example.com", "subject": "Your basket", "due_at": NOW,
        "send_by": NOW, "created_at": NOW, "state": state,
    }  # fmt: skip
    return Delivery.objects.create(profile=person, **{**values, **fields})


def make_credit(person: Profile, *, campaign: str = "tea", **fields: Any) -> Credit:
    touch = Touch.objects.create(
        profile=person, campaign=campaign, channel="mail", reference=uuid4().hex, touched_at=NOW
    )
    values = {
        "order_id": uuid4().hex[:8], "credited_at": NOW, "currency": "GBP", "total_minor": 5000,
        "margin_minor": 2000,
    }  # fmt: skip
    return Credit.objects.create(
        profile=person, touch=touch, campaign=campaign, **{**values, **fields}
    )


def make_move(
    person: Profile, source: str, target: str, *, at: datetime = NOW, cause: str = "time"
) -> StageChange:
    return StageChange.objects.create(
        profile=person, from_stage=source, to_stage=target, changed_at=at, cause=cause
    )


def make_campaign(key: str = "tea", *, name: str = "Tea time", stages: Any = ()) -> Campaign:
    """A live basket campaign."""
    campaign = Campaign(key=key, name=name)
    campaign.trigger = [("basket_idle", {"idle_minutes": 30})]
    campaign.steps = [
        ("mail", {"subject": "S", "preheader": "", "heading": "H", "body": "<p>B</p>",
                  "button": "Go", "show_basket": True})
    ]  # fmt: skip
    campaign.audience = [("stages", {"stages": list(stages)})] if stages else []
    campaign.save()
    campaign.save_revision().publish()
    return campaign


def make_dead_letter(reason: str = "KeyError: 'currency'\n  more") -> DeadLetter:
    event = Event.objects.create(
        id=uuid7(), type="order.placed", actor="customer:5", occurred_at=NOW, received_at=NOW,
        source="shop", payload={"order_id": "9"},
    )  # fmt: skip
    return DeadLetter.objects.create(event_id=event.id, shard=3, reason=reason, failed_at=NOW)
