"""What of segments tells a sensitive thing about somebody, and from whom it is hidden.

Whoever may not see sensitive traits may neither ask for them nor learn who is in a segment that
does, itself or through another segment: membership is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from clm_plugin.profiles.api import sensitive_keys
from clm_plugin.segments.blocks import GROUPS
from clm_plugin.segments.live import live_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clm_plugin.segments.data import Condition

SEE_SENSITIVE = "clm_plugin.view_sensitive_profile"
_FIELDS = {"trait": "key", "life_event": "events", "segment": "segments"}
"""Kind of a condition -> its field that may name something sensitive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Keys of what somebody may not learn of anybody; ``segments`` are those that would tell it."""

    traits: frozenset[str] = frozenset()
    life_events: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """The hidden keys that a condition of this kind could name."""
        by_kind = {"trait": self.traits, "life_event": self.life_events, "segment": self.segments}
        return by_kind.get(kind, frozenset())

    def covers(self, condition: Condition | None) -> bool:
        """Whether the answer to this condition would tell it."""
        if condition is None:
            return False
        named = getattr(condition, _FIELDS.get(condition.kind, ""), ())
        return not self.of(condition.kind).isdisjoint(_keys(named))

    def covers_any(self, conditions: Iterable[Condition]) -> bool:
        return any(map(self.covers, conditions))

    def without(self, stream: Any) -> Hidden:
        """All but what these rules, as they are authored, name already."""
        named = [(kind, key) for kind, keys in _named(stream) for key in keys]
        return replace(
            self,
            traits=self.traits - {key for kind, key in named if kind == "trait"},
            life_events=self.life_events - {key for kind, key in named if kind == "life_event"},
        )


NOTHING = Hidden()


def hidden_from(user: Any) -> Hidden:
    """What this user may not learn of anybody; nothing without a user (commands, the engine).

    Two queries and the version of the segments, none for who may see everything.
    """
    if user is None or user.has_perm(SEE_SENSITIVE):
        return NOTHING
    traits, life_events = sensitive_keys()
    if not traits and not life_events:
        return NOTHING
    found = Hidden(traits=traits, life_events=life_events)
    return replace(found, segments=_telling(found))


def _telling(hidden: Hidden) -> frozenset[str]:
    """The published segments that ask for any of it, straight or through others. One whose rules
    cannot be read may ask for anything."""
    live = live_segments()
    told = set(live.broken)
    for key, one in live.segments.items():
        if one.group is not None and hidden.covers_any(one.group.conditions()):
            told.add(key)
    new = set(told)
    while new:
        new = {key for one in new for key in live.referring.get(one, ())} - told
        told |= new
    return frozenset(told)


def sensitive_error(stream: Any, hidden: Hidden) -> StreamBlockValidationError | None:
    """For the form: a message at every block that asks for something hidden; None without one.

    Looks at blocks as they are filled in, also those that are not complete yet.
    """
    errors: dict[int, ValidationError] = {}
    for index, child in enumerate(stream or ()):
        if child.block_type in GROUPS:
            inner = sensitive_error(child.value, hidden)
            if inner is not None:
                errors[index] = inner
        elif not hidden.of(child.block_type).isdisjoint(_asked(child)):
            what = _(
                "Sensitive: only a colleague who may see sensitive traits can ask for this. Take it"
                " out, or let them save it."
            )
            field = _FIELDS[child.block_type]
            errors[index] = StructBlockValidationError(block_errors={field: ValidationError(what)})
    return StreamBlockValidationError(block_errors=errors) if errors else None


def _named(stream: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for child in stream or ():
        if child.block_type in GROUPS:
            yield from _named(child.value)
        elif child.block_type in _FIELDS:
            yield child.block_type, _asked(child)


def _asked(child: Any) -> tuple[str, ...]:
    field = _FIELDS.get(child.block_type)
    return _keys(child.value.get(field)) if field else ()


def _keys(named: Any) -> tuple[str, ...]:
    return (named,) if isinstance(named, str) else tuple(named or ())
