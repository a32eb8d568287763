"""Reads of what channels cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Sum

from clm_plugin.attribution.models import ChannelSpend

if TYPE_CHECKING:
    from datetime import date


def spend_between(since: date, until: date, *, currency: str) -> int | None:
    """What all channels cost from day to day, in minor units; None: nothing imported. One query."""
    rows = ChannelSpend.objects.filter(day__gte=since, day__lte=until, currency=currency)
    total: int | None = rows.aggregate(total=Sum("amount_minor"))["total"]
    return total


def spend_channels(since: date, until: date, *, currency: str) -> dict[str, int]:
    """What each channel cost from day to day, in minor units. One query."""
    rows = ChannelSpend.objects.filter(day__gte=since, day__lte=until, currency=currency)
    return dict(rows.order_by().values_list("channel").annotate(total=Sum("amount_minor")))
