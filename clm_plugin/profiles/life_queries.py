"""Reads of life events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.profiles.data import LifeFact
from clm_plugin.profiles.life_rules import next_occurrence
from clm_plugin.profiles.models import LifeEvent, LifeEventKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet


def live_life_events(now: datetime) -> QuerySet[LifeEvent]:
    """The life events that hold now, of everybody, for the floors above to filter and join."""
    return LifeEvent.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now))


def life_facts(profile_ids: Iterable[int], *, now: datetime) -> dict[int, list[LifeFact]]:
    """The life events of these people that hold now, the sensitive ones too; two queries.

    Days are counted in UTC. What is shown to a person herself comes from ``nameable_life_facts``.
    """
    rows = list(
        live_life_events(now).filter(profile__in=list(profile_ids)).order_by("kind", "source")
    )
    kinds = {
        kind.key: kind for kind in LifeEventKind.objects.filter(key__in={r.kind for r in rows})
    }
    found: dict[int, list[LifeFact]] = {}
    for row in rows:
        kind = kinds.get(row.kind)
        if kind is None:  # deleted by the shop since
            continue
        found.setdefault(row.profile_id, []).append(
            LifeFact(
                kind=row.kind,
                label=kind.label,
                source=row.source,
                on=row.on,
                next_on=row.on and next_occurrence(row.on, now.date(), yearly=kind.yearly),
                declared_at=row.declared_at,
                ends_at=row.ends_at,
                sensitive=kind.sensitive,
            )
        )
    return found


def nameable_life_facts(profile_ids: Iterable[int], *, now: datetime) -> dict[int, list[LifeFact]]:
    """Likewise, for copy: without those that must never be named to a person."""
    every = life_facts(profile_ids, now=now)
    return {pid: [fact for fact in facts if not fact.sensitive] for pid, facts in every.items()}
