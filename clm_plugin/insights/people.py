"""The people behind a number: who moved between stages, ordered, was written to, clicked.

Each function reads the newest ``LIMIT`` of them at most, driven by an index, and gives their ids:
a list over known ids costs the same on any number of people, whatever a planner makes of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from clm_plugin.arrays import any_of
from clm_plugin.attribution.models import Credit, Touch
from clm_plugin.campaigns.models import Receipt
from clm_plugin.insights.contact_counts import campaign_keys
from clm_plugin.insights.counting import OUR_CAUSES
from clm_plugin.insights.models import StageFlow
from clm_plugin.insights.order_counts import placed, with_rank
from clm_plugin.lifecycle.models import StageChange
from clm_plugin.messages.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

LIMIT = 10_001
"""One more than a list pages through, so that it can say "more than"."""
Window = tuple["datetime", "datetime"]
"""First moment, and the first one behind it."""


def among(ids: Sequence[int]) -> Any:
    """Rows whose key is one of many: one parameter, where Django would write thousands."""
    if connection.vendor == "postgresql":
        # By ANY the index is read in one go, in its order; a subquery looks up one after another.
        return any_of("pk", ids)
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))]))


def movers(pairs: Iterable[tuple[str, str]], window: Window) -> list[int]:
    """Who made one of these moves (source, target) in a window; ``""`` as source: newcomers.

    Two queries: one for the pairs that occur, and one that walks the index of all of them at once
    and stops at the newest ``LIMIT``.
    """
    wanted = set(pairs)
    since, until = (at.astimezone(timezone.get_default_timezone()).date() for at in window)
    told = StageFlow.objects.filter(ours=False, day__gte=since, day__lte=until)
    occur = wanted & set(told.values_list("source", "target").distinct())
    if not occur:
        return []
    kinds = [
        StageChange.objects.filter(
            from_stage=source,
            to_stage=target,
            changed_at__gte=window[0],
            changed_at__lt=window[1],
        )
        .exclude(cause__in=OUR_CAUSES)
        .order_by("-changed_at")
        .values_list("profile_id", "changed_at")
        for source, target in sorted(occur)
    ]
    # Each with its own limit, or PostgreSQL sorts them all before it takes the newest.
    limits = connection.features.supports_slicing_ordering_in_compound
    first, *others = [rows[:LIMIT] if limits else rows.order_by() for rows in kinds]
    rows = first.union(*others, all=True) if others else kinds[0]
    newest, params = rows.order_by("-changed_at")[:LIMIT].query.sql_with_params()
    with connection.cursor() as cursor:
        # Without their times: to read ten thousand of those takes longer than to find them.
        cursor.execute(f"SELECT profile_id FROM ({newest}) AS newest", params)
        return list(dict.fromkeys(pid for (pid,) in cursor.fetchall()))


def _first_order(window: Window, campaign: str, stage: str) -> list[int]:
    return _behind(with_rank(_orders(window)).filter(earlier=0).order_by("-placed_at"))


def _second_order(window: Window, campaign: str, stage: str) -> list[int]:
    return _behind(with_rank(_orders(window)).filter(earlier=1).order_by("-placed_at"))


def _order(window: Window, campaign: str, stage: str) -> list[int]:
    return _behind(_orders(window).order_by("-placed_at"))


def _orders(window: Window) -> QuerySet:
    return placed().filter(placed_at__gte=window[0], placed_at__lt=window[1])


def _contacted(window: Window, campaign: str, stage: str) -> list[int]:
    """A mail left, or a widget was seen."""
    mails = Delivery.objects.filter(
        campaign__in=_keys(campaign),
        created_at__gte=window[0],
        created_at__lt=window[1],
        state=Delivery.State.SENT,
    )
    seen = _receipts(window, campaign, stage).filter(impression__shown_at__isnull=False)
    return _behind(_decided_in(mails, stage).order_by("-created_at"), seen)


def _clicked(window: Window, campaign: str, stage: str) -> list[int]:
    if not stage:
        touches = Touch.objects.filter(touched_at__gte=window[0], touched_at__lt=window[1])
        if campaign:
            touches = touches.filter(campaign=campaign)
        return _behind(touches.order_by("-touched_at"))
    mails = Delivery.objects.filter(
        campaign__in=_keys(campaign),
        clicks__confirmed_at__gte=window[0],
        clicks__confirmed_at__lt=window[1],
    )
    widgets = _receipts(window, campaign, stage).filter(impression__clicked_at__isnull=False)
    return _behind(_decided_in(mails, stage).order_by("-created_at"), widgets)


def _credited(window: Window, campaign: str, stage: str) -> list[int]:
    credits_ = Credit.objects.filter(
        credited_at__gte=window[0], credited_at__lt=window[1], cancelled=False
    )
    if campaign:
        credits_ = credits_.filter(campaign=campaign)
    return _behind(credits_.order_by("-credited_at"))


_DOING: dict[str, Callable[[Window, str, str], list[int]]] = {
    "order": _order,
    "first_order": _first_order,
    "second_order": _second_order,
    "contacted": _contacted,
    "clicked": _clicked,
    "credited": _credited,
}
DOINGS = tuple(_DOING)


def doers(doing: str, window: Window, *, campaign: str = "", stage: str = "") -> list[int]:
    """Who did one of ``DOINGS`` in a window, of one campaign, or while in a stage (contacts)."""
    return _DOING[doing](window, campaign, stage)


def _keys(campaign: str) -> list[str]:
    return [campaign] if campaign else campaign_keys()


def _receipts(window: Window, campaign: str, stage: str) -> QuerySet[Receipt]:
    rows = Receipt.objects.filter(
        campaign__in=_keys(campaign), decided_at__gte=window[0], decided_at__lt=window[1], yes=True
    )
    return (rows.filter(inputs__stage=stage) if stage else rows).order_by("-decided_at")


def _decided_in(mails: QuerySet[Delivery], stage: str) -> QuerySet[Delivery]:
    if not stage:
        return mails
    receipt = Receipt.objects.filter(pk=OuterRef("receipt_id"), inputs__stage=stage)
    return mails.filter(Exists(receipt))


def _behind(*kinds: QuerySet[Any]) -> list[int]:
    """The profiles of ordered rows, each once."""
    found: list[int] = []
    for rows in kinds:
        found += rows.values_list("profile_id", flat=True)[:LIMIT]
    return list(dict.fromkeys(found))[:LIMIT]
