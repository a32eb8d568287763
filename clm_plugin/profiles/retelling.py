"""A trait or a kind of life event told anew from the log: it was declared, or edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles.folding import fold
from clm_plugin.profiles.life_events import infer_all, write_life_events
from clm_plugin.profiles.models import LifeEvent, LifeEventKind, TraitDefinition, TraitValue
from clm_plugin.profiles.sums import Trait
from clm_plugin.profiles.traits import write_traits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.events.api import Event


def stale_traits() -> list[str]:
    """The traits that were declared or edited since they were told."""
    rows = TraitDefinition.objects.filter(is_stale=True).order_by("key")
    return list(rows.values_list("key", flat=True))


def stale_life_events() -> list[str]:
    """The kinds of life events that were declared or edited since they were told."""
    rows = LifeEventKind.objects.filter(is_stale=True).order_by("key")
    return list(rows.values_list("key", flat=True))


def clear_trait(key: str) -> None:
    """Nobody has this trait any more; what was told of it stays in the log."""
    TraitValue.objects.filter(key=key).delete()


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
    write_traits({pid: traits for pid, traits in told.items() if traits})


def told_trait(key: str) -> bool:
    """The trait is as the log tells it now; False when it was deleted meanwhile."""
    return bool(TraitDefinition.objects.filter(key=key).update(is_stale=False))


def clear_life_event(key: str) -> None:
    """Nobody has this life event any more; what was told of it stays in the log."""
    LifeEvent.objects.filter(kind=key).delete()


def retell_life_event(key: str, events: Sequence[Event], owners: Mapping[str, int]) -> None:
    """Write what these events declare and withdraw of one kind."""
    life = fold(events, owners).life
    write_life_events({place: said for place, said in life.items() if place[1] == key}, ())


def told_life_event(key: str, *, now: datetime) -> bool:
    """Infer a kind anew for everybody: it is as the log tells it; False when it was deleted."""
    kind = LifeEventKind.objects.filter(key=key).first()
    if kind is None:
        return False
    infer_all(now=now, kind=kind)
    return bool(LifeEventKind.objects.filter(pk=kind.pk).update(is_stale=False))
