"""From what was authored to a group of conditions; what is wrong is told at its block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from clm_plugin.segments.blocks import GROUPS
from clm_plugin.segments.data import MAX_CONDITIONS, Group, SegmentError
from clm_plugin.segments.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from clm_plugin.segments.authoring import Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong, with the labels of the blocks that lead to it."""

    where: tuple[str, ...]
    what: str


@dataclass(slots=True, kw_only=True)
class Compiled:
    """The group of the blocks that are complete, and the errors of the others by their index."""

    group: Group | None
    """None when no block is complete."""
    errors: dict[int, ValidationError] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)
    """Wrong with the rules as a whole."""
    stream: Any = None

    def as_error(self) -> StreamBlockValidationError | None:
        """For the form: every message at its block; None when all is well."""
        if not self.errors and not self.whole:
            return None
        return StreamBlockValidationError(block_errors=self.errors, non_block_errors=self.whole)

    def troubles(self) -> list[Trouble]:
        """For people: every message with the way to its block."""
        found = [Trouble(where=(), what=text) for text in self.whole]
        return [*found, *_flat(self.stream, self.errors, ())]


def compile_segment(segment: Segment) -> Compiled:
    """Compile a segment as it stands; a draft too, for the live count."""
    return compile_stream(segment.rules, key=segment.key)


def compile_stream(stream: Any, *, key: str) -> Compiled:
    """Compile the rules of the segment ``key``. Raises nothing: what is wrong is in the result."""
    members, errors = _members(stream or ())
    compiled = Compiled(group=None, errors=errors, stream=stream)
    if not stream:
        compiled.whole.append(_("There is no rule yet: add one, or everybody would be in."))
    count = sum(map(_count, members.values()))
    if count > MAX_CONDITIONS:
        compiled.whole.append(_too_many(count))
    elif members:
        compiled.group = Group(kind="all", members=tuple(members.values()))
    if key:
        _refuse_cycles(compiled, members, key)
    return compiled


def publish_segment(segment: Segment, *, now: datetime) -> None:
    """Put a published segment in force. Raises SegmentError when its rules are not complete."""
    group = None
    if segment.kind != segment.Kind.STATIC:
        compiled = compile_segment(segment)
        if compiled.as_error() is not None or compiled.group is None:
            trouble = compiled.troubles()[0]
            raise SegmentError(" > ".join(trouble.where), trouble.what)
        group = compiled.group
    publish(key=segment.key, name=segment.name, group=group, persona=segment.persona, now=now)


def _members(stream: Any) -> tuple[dict[int, Any], dict[int, ValidationError]]:
    """What the blocks stand for, and the errors of those that stand for nothing, by index."""
    found: dict[int, Any] = {}
    errors: dict[int, ValidationError] = {}
    for index, child in enumerate(stream):
        try:
            if child.block_type in GROUPS:
                part, error = _group(child)
                if part is not None:
                    found[index] = part
                if error is not None:
                    errors[index] = error
            else:
                found[index] = _condition(child)
        except ValidationError as error:
            errors[index] = error
    return found, errors


def _group(child: Any) -> tuple[Group | None, StreamBlockValidationError | None]:
    if not len(child.value):
        empty = _("This group is empty: add a condition, or take the group out.")
        return None, StreamBlockValidationError(non_block_errors=[empty])
    members, errors = _members(child.value)
    count = sum(map(_count, members.values()))
    if count > MAX_CONDITIONS:
        return None, StreamBlockValidationError(non_block_errors=[_too_many(count)])
    group = Group(kind=child.block_type, members=tuple(members.values())) if members else None
    return group, StreamBlockValidationError(block_errors=errors) if errors else None


def _too_many(count: int) -> str:
    return _("%(count)s conditions are more than the %(most)s that fit; make two segments.") % {
        "count": count, "most": MAX_CONDITIONS
    }  # fmt: skip


def _condition(child: Any) -> Any:
    try:
        return child.block.condition(child.value)
    except SegmentError as error:
        raise StructBlockValidationError(non_block_errors=[str(error)]) from error


def _refuse_cycles(compiled: Compiled, members: Mapping[int, Any], key: str) -> None:
    """A segment that asks for its own members, straight or through others, has no answer."""
    asked = {index: set(_referred(member)) for index, member in members.items()}
    if not any(asked.values()):
        return
    from clm_plugin.segments.models import CompiledSegment

    refers = dict(CompiledSegment.objects.values_list("key", "refers"))
    for index, keys in asked.items():
        through = next((one for one in sorted(keys) if _leads_to(one, key, refers)), None)
        if through is None:
            continue
        text = (
            _("A segment cannot ask for its own members.")
            if through == key
            else _("“%(segment)s” asks, itself or through others, for this segment: a circle.")
            % {"segment": through}
        )
        is_group = isinstance(members[index], Group)
        error = StreamBlockValidationError if is_group else StructBlockValidationError
        compiled.errors[index] = error(non_block_errors=[text])


def _referred(member: Any) -> Iterator[str]:
    if isinstance(member, Group):
        for inner in member.members:
            yield from _referred(inner)
    else:
        yield from getattr(member, "segments", ())


def _leads_to(start: str, goal: str, refers: Mapping[str, list[str]]) -> bool:
    seen: set[str] = set()
    open_: list[str] = [start]
    while open_:
        one = open_.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            open_.extend(refers.get(one, ()))
    return False


def _count(member: Any) -> int:
    return sum(map(_count, member.members)) if isinstance(member, Group) else 1


def _flat(stream: Any, errors: Mapping[Any, Any], above: tuple[str, ...]) -> Iterator[Trouble]:
    for index, error in sorted(errors.items()):
        child = stream[index]
        yield from _told(error, child.block, child.value, (*above, str(child.block.label)))


def _told(error: Any, block: Any, value: Any, where: tuple[str, ...]) -> Iterator[Trouble]:
    """The messages of an error and of those inside it, each with the labels that lead to it."""
    inner = getattr(error, "block_errors", None)
    if inner is None:
        yield from (Trouble(where=where, what=text) for text in error.messages)
        return
    for text in map(str, error.non_block_errors):
        yield Trouble(where=where, what=text)
    if isinstance(error, StreamBlockValidationError):
        yield from _flat(value, inner, where)
    elif isinstance(error, StructBlockValidationError):
        for name, each in inner.items():
            child = block.child_blocks[name]
            yield from _told(each, child, value.get(name), (*where, str(child.label)))
    else:  # of a list
        for index, each in sorted(inner.items()):
            yield from _told(each, block.child_block, value[index], where)
