"""What of the rules of segments tells a sensitive thing about somebody, and who may read that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.console.guard import SEE_SENSITIVE, may
from clm_plugin.profiles.models import LifeEventKind, TraitDefinition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from clm_plugin.segments.api import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Keys of what the reader may not see of anybody."""

    traits: frozenset[str] = frozenset()
    life_events: frozenset[str] = frozenset()

    def covers(self, condition: Condition | None) -> bool:
        """Whether the answer to this condition would tell it."""
        if condition is None:
            return False
        if condition.kind == "trait":
            return getattr(condition, "key", "") in self.traits
        if condition.kind == "life_event":
            return not self.life_events.isdisjoint(getattr(condition, "events", ()))
        return False


NOTHING = Hidden()


def hidden_from(request: HttpRequest, conditions: Iterable[Condition]) -> Hidden:
    """What the user may not see of these conditions' answers; asks only for what they name."""
    kinds = {condition.kind for condition in conditions} & {"trait", "life_event"}
    if not kinds or may(request, SEE_SENSITIVE):
        return NOTHING
    return Hidden(
        traits=_sensitive(TraitDefinition) if "trait" in kinds else frozenset(),
        life_events=_sensitive(LifeEventKind) if "life_event" in kinds else frozenset(),
    )


def _sensitive(model: type[TraitDefinition | LifeEventKind]) -> frozenset[str]:
    return frozenset(model._default_manager.filter(sensitive=True).values_list("key", flat=True))
