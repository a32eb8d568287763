"""Segments as they cross the door: groups of conditions, subjects, answers. No Django.

Times are aware UTC. A window of n days holds what happened *after* ``now - n days``: something
leaves it exactly n days after it happened.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from clm_plugin.exceptions import ClmError

if TYPE_CHECKING:
    from django.db.models import Q

    from clm_plugin.segments.expressions import OnRow

MAX_DEPTH = 4
"""Groups inside groups, the outermost counted."""
MAX_CONDITIONS = 50

GroupKind = Literal["all", "any", "none"]


class SegmentError(ClmError, ValueError):
    """A segment that is refused. ``path`` names the place (``members[2].within_days``; empty for
    the whole), ``why`` says what is wrong with it."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}" if path else why)
        self.path = path
        self.why = why

    def inside(self, path: str) -> SegmentError:
        """The same error, seen from outside ``path``."""
        joined = f"{path}.{self.path}" if self.path and not self.path.startswith("[") else ""
        return SegmentError(joined or f"{path}{self.path}", self.why)


@dataclass(frozen=True, slots=True)
class Part:
    """Something about people that is read only when a condition asks for it.

    ``read(profile_ids, needs, now)`` gives values by profile id, ``empty`` stands in for who has
    none. One call, and a bounded number of queries, whatever the number of people and conditions.
    """

    name: str
    read: Callable[[Sequence[int], Sequence[Need], datetime], Mapping[int, Any]]
    empty: Any = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a condition needs to know of a person. ``key`` and the rest narrow the part down."""

    part: Part
    key: str = ""
    keys: tuple[str, ...] = ()
    days: int | None = None
    """Only what happened in the last days; None: ever."""
    newest: int | None = None
    """Only this many of the newest; None: all."""


@dataclass(slots=True, kw_only=True)
class Subject:
    """A person as conditions look at her. Money in minor units of the shop's currency.

    ``parts`` holds what the groups that she was read for need, by the name of the part; a subject
    read for one group cannot be asked about another (KeyError).
    """

    profile_id: int
    language: str = ""
    country: str = ""
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    registered_at: datetime | None = None
    sessions: int = 0
    page_views: int = 0
    product_views: int = 0
    basket_items: int = 0
    basket_minor: int = 0
    first_channel: str = ""
    last_channel: str = ""
    orders: int = 0
    items_bought: int = 0
    spend_minor: int = 0
    margin_minor: int = 0
    refunded_minor: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    gap_days: float | None = None
    stage: str = ""
    stage_since: datetime | None = None
    advocate: bool = False
    churn_risk: bool = False
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the data a condition asks about exist; ``why`` says what is missing."""

    ready: bool
    why: str = ""


READY = Readiness(ready=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names for keys and ids in sentences; what has no name here is shown as its key."""

    stages: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, str] = field(default_factory=dict)
    surveys: Mapping[str, str] = field(default_factory=dict)
    life_events: Mapping[str, str] = field(default_factory=dict)


NO_LABELS = Labels()


@dataclass(frozen=True, kw_only=True)
class Condition(ABC):
    """Base of all conditions: one kind a file, listed in ``conditions.KINDS``.

    The same question in two forms that must agree: ``q`` asks the database about everybody,
    ``holds`` asks about one person. Construction checks every field (SegmentError), so there is no
    invalid condition.
    """

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        for each in fields(self):
            value = each.metadata["check"](getattr(self, each.name), each.name)
            object.__setattr__(self, each.name, value)
        self.check()

    def check(self) -> None:  # noqa: B027  # most kinds have nothing to add
        """Refuse fields that do not go together. Raises SegmentError naming one of them."""

    @abstractmethod
    def q(self, now: datetime) -> Q | OnRow:
        """The condition over ``Profile``. Never NULL: its negation is its exact opposite."""

    @abstractmethod
    def holds(self, subject: Subject, now: datetime) -> bool:
        """The condition for one person."""

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        """The next moment at which time alone may flip ``holds`` (never later than it does);
        None: time changes nothing."""
        return None

    @abstractmethod
    def sentence(self, labels: Labels) -> str:
        """What it asks, to follow "people who": ``have ordered at least 2 times``. Translated."""

    @abstractmethod
    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        """This person's own value in words. Translated."""

    @property
    @abstractmethod
    def facets(self) -> frozenset[str]:
        """What may change the answer; see ``segments.facets``."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What has to be read of a person beyond facts and stage."""
        return ()

    def ready(self) -> Readiness:
        """Whether there are data to ask; a condition that is not ready matches nobody."""
        return READY


@dataclass(frozen=True, slots=True)
class Group:
    """Members of which all, any or none must hold; members are conditions or groups again.

    Without members, ``all`` and ``none`` hold for everybody and ``any`` for nobody; an editor may
    hold such a group, ``from_json`` refuses it, and one that is too deep or too large.
    """

    kind: GroupKind
    members: tuple[Condition | Group, ...]

    def __post_init__(self) -> None:
        if self.kind not in ("all", "any", "none"):
            raise SegmentError("kind", "must be all, any or none")
        object.__setattr__(self, "members", tuple(self.members))

    @property
    def depth(self) -> int:
        return 1 + max((m.depth for m in self.members if isinstance(m, Group)), default=0)

    def conditions(self) -> Iterator[Condition]:
        """All conditions, in order, whatever group they are in."""
        for member in self.members:
            if isinstance(member, Group):
                yield from member.conditions()
            else:
                yield member


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why somebody is in or out: the tree of the group with each member's answer.

    ``kind`` is the group's or the condition's; ``why`` is her own value (empty for groups), and
    ``condition`` what was asked (None for groups).
    """

    kind: str
    sentence: str
    holds: bool
    why: str = ""
    members: tuple[Explanation, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many people match. ``estimated``: by a sample, within ``margin`` in 19 of 20 cases."""

    number: int
    estimated: bool = False
    margin: int = 0
