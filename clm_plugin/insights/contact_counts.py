"""Decisions, contacts and clicks of a day, by campaign, channel and the person's stage."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from clm_plugin.attribution.models import Touch
from clm_plugin.campaigns.models import Impression, Receipt
from clm_plugin.insights.models import ContactDay
from clm_plugin.insights.rules import HELD_OUT, NOT_ELIGIBLE
from clm_plugin.messages.models import Delivery, MailClick

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

_COLUMNS = ("decided", "eligible", "held_out", "yes", "delivered", "clicked")
_CHUNK = 500


class _Key(NamedTuple):
    campaign: str
    channel: str
    stage: str


_Sums = defaultdict[_Key, dict[str, int]]


def count_contacts(day: date, start: datetime, end: datetime, keys: list[str]) -> None:
    """Replace the day's rows; ``keys`` are the campaigns that ever decided."""
    sums: _Sums = defaultdict(lambda: dict.fromkeys(_COLUMNS, 0))
    if keys:
        _add_decisions(sums, keys, start, end)
        _add_delivered(sums, keys, start, end)
    _add_clicks(sums, start, end)
    with transaction.atomic():
        ContactDay.objects.filter(day=day).delete()
        ContactDay.objects.bulk_create(
            [ContactDay(day=day, **key._asdict(), **numbers) for key, numbers in sums.items()],
            ignore_conflicts=True,
        )


def campaign_keys() -> list[str]:
    """The campaigns that ever decided; one step down the index for each, not a scan of the rows."""
    found: list[str] = []
    while True:
        rest = Receipt.objects.filter(campaign__gt=found[-1]) if found else Receipt.objects.all()
        key = rest.order_by("campaign").values_list("campaign", flat=True).first()
        if key is None:
            return found
        found.append(key)


def _stage_in(path: str) -> Coalesce:
    return Coalesce(KeyTextTransform("stage", path), Value(""), output_field=CharField())


def _add_decisions(sums: _Sums, keys: list[str], start: datetime, end: datetime) -> None:
    rows = (
        Receipt.objects.filter(campaign__in=keys, decided_at__gte=start, decided_at__lt=end)
        .order_by()
        .values(
            "campaign",
            "channel",
            stage=Case(When(yes=True, then=_stage_in("inputs")), default=Value("")),
        )
        .annotate(
            decided=Count("pk"),
            eligible=Count("pk", filter=Q(yes=True) | ~Q(rule__in=NOT_ELIGIBLE)),
            held_out=Count("pk", filter=Q(yes=False, rule__in=HELD_OUT)),
            said_yes=Count("pk", filter=Q(yes=True)),
        )
    )
    for row in rows:
        numbers = sums[_Key(row["campaign"], row["channel"], row["stage"])]
        numbers["decided"] += row["decided"]
        numbers["eligible"] += row["eligible"]
        numbers["held_out"] += row["held_out"]
        numbers["yes"] += row["said_yes"]


def _add_delivered(sums: _Sums, keys: list[str], start: datetime, end: datetime) -> None:
    """Mails that left, by the day they were made; widgets that were seen, by that of the yes."""
    stage_of = Receipt.objects.filter(pk=OuterRef("receipt_id")).values(at=_stage_in("inputs"))
    mails = (
        Delivery.objects.filter(
            campaign__in=keys, created_at__gte=start, created_at__lt=end, state=Delivery.State.SENT
        )
        .order_by()
        .values("campaign", stage=Coalesce(Subquery(stage_of), Value(""), output_field=CharField()))
        .annotate(n=Count("pk"))
    )
    for row in mails:
        sums[_Key(row["campaign"], "mail", row["stage"])]["delivered"] += row["n"]
    seen = (
        Impression.objects.filter(
            receipt__campaign__in=keys,
            receipt__decided_at__gte=start,
            receipt__decided_at__lt=end,
            shown_at__isnull=False,
        )
        .order_by()
        .values(
            campaign=F("receipt__campaign"),
            channel=F("receipt__channel"),
            stage=_stage_in("receipt__inputs"),
        )
        .annotate(n=Count("pk"))
    )
    for row in seen:
        sums[_Key(row["campaign"], row["channel"], row["stage"])]["delivered"] += row["n"]


def _add_clicks(sums: _Sums, start: datetime, end: datetime) -> None:
    """Clicks by their own day; the receipt behind each says whose stage it was."""
    touches = list(
        Touch.objects.filter(touched_at__gte=start, touched_at__lt=end).values_list(
            "campaign", "channel", "reference"
        )
    )
    for at in range(0, len(touches), _CHUNK):
        chunk = touches[at : at + _CHUNK]
        receipt_of = _receipts_of(chunk)
        known = _receipts(receipt_of.values())
        for campaign, channel, reference in chunk:
            place, stage = known.get(
                receipt_of.get((channel, reference)),
                ("mail" if channel == "mail" else "overlay", ""),
            )
            sums[_Key(campaign, place, stage)]["clicked"] += 1


def _receipts_of(touches: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], UUID | None]:
    """The receipt of each touch: its own reference, or that of the mail that was clicked."""
    found: dict[tuple[str, str], UUID | None] = {}
    clicks: dict[UUID, str] = {}
    for _campaign, channel, reference in touches:
        try:
            key = UUID(reference)
        except ValueError:
            continue
        if channel == "mail":
            clicks[key] = reference
        else:
            found[channel, reference] = key
    for click, receipt in MailClick.objects.filter(pk__in=list(clicks)).values_list(
        "pk", "delivery__receipt_id"
    ):
        found["mail", clicks[click]] = receipt
    return found


def _receipts(ids: Iterable[UUID | None]) -> dict[UUID | None, tuple[str, str]]:
    """Channel and stage by receipt."""
    wanted = [each for each in ids if each is not None]
    rows = Receipt.objects.filter(pk__in=wanted).values_list("pk", "channel", _stage_in("inputs"))
    return {pk: (channel, stage) for pk, channel, stage in rows}
