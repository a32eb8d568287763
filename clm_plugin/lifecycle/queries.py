"""Reads of the lifecycle floor."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from clm_plugin.lifecycle.models import Standing


def next_due() -> datetime | None:
    """When time alone moves somebody next."""
    at: datetime | None = Standing.objects.aggregate(at=Min("due_at"))["at"]
    return at
