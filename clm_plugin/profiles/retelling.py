"""A trait or a kind of life event told anew from the log: it was declared, or its rule changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles.folding import fold
from clm_plugin.profiles.life_events import infer_all, write_life_events
from clm_plugin.profiles.models import LifeEvent, LifeEventKind, TraitValue
from clm_plugin.profiles.sums import Trait
from clm_plugin.profiles.traits import write_traits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.events.api import Event


def clear_trait(key: str) -> None:
    TraitValue.objects.filter(key=key).delete()


def count_trait(key: str) -> int:
    """How many people have a trait."""
    return TraitValue.objects.filter(key=key).count()


def retell_trait(key: str, events: Sequence[Event], owners: Mapping[str, int]) -> None:
    """Write what these events tell of one declared trait, and of no other."""
    told = {
        pid: [
            Trait(each.at, each.strong, each.source, {key: each.values[key]})
            for each in traits
            if key in each.values
        ]
        for pid, traits in fold(events, owners).traits.items()
    }
    write_traits(told)


def clear_life_event(key: str) -> None:
    LifeEvent.objects.filter(kind=key).delete()


def retell_life_events(events: Sequence[Event], owners: Mapping[str, int]) -> None:
    """Write what these events declare and withdraw."""
    write_life_events(fold(events, owners).life, ())


def infer_life_event(key: str, *, now: datetime) -> int:
    """Infer a kind anew for everybody; returns how many people have it, declared or inferred."""
    kind = LifeEventKind.objects.filter(key=key).first()
    if kind is not None:
        infer_all(now=now, kind=kind)
    return LifeEvent.objects.filter(kind=key).values("profile").distinct().count()
