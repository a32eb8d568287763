"""Devices that several users of another system share join nobody (reliability, case 44)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clm_plugin.adapters.segment.models import DeviceUser
from clm_plugin.adapters.segment.people import is_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.adapters.segment.data import Sender
    from clm_plugin.events.api import NewEvent


def keep_apart(events: Sequence[NewEvent], sender: Sender) -> list[NewEvent]:
    """The events without links to devices that belong to another user of the same system.

    Needs a transaction. Two queries where users are linked to devices, else none. Accounts of the
    shop need none of it: identity itself never joins two.
    """
    claims: dict[str, str] = {}
    for event in events:
        for name in event.links:
            if is_device(name, sender):
                claims.setdefault(name, event.actor)
    if not claims or sender.is_shop:
        return list(events)
    rows = [
        DeviceUser(device=device, source=sender.source, actor=user)
        for device, user in sorted(claims.items())
    ]
    DeviceUser.objects.bulk_create(rows, ignore_conflicts=True)
    known = DeviceUser.objects.filter(device__in=claims, source=sender.source)
    user_of = dict(known.values_list("device", "actor"))
    return [_without(event, user_of) if event.links else event for event in events]


def _without(event: NewEvent, user_of: dict[str, str]) -> NewEvent:
    links = tuple(name for name in event.links if user_of.get(name, event.actor) == event.actor)
    return event if links == event.links else replace(event, links=links)
