"""How a time zone is told to people: by its letters at that moment, as on a clock or a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def zone_name(local: datetime) -> str:
    """ "GMT"; zones without letters of their own as their distance, "UTC+05:30"."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    return f"UTC{name[:3]}:{name[3:]}" if len(name) > 3 else f"UTC{name}:00"
