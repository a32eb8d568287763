"""Models, stages and moves as they cross the door; no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry rule of a stage: every condition that is given must hold; none given: everybody.

    A closed set, so that each rule runs in memory and as SQL with the same answer. ``…_gaps`` are
    multiples of the purchase gap that applies to the person. Money: minor units of
    ``CLM["CURRENCY"]``.
    """

    known: bool = False
    """Has an account or an e-mail address."""
    engaged_views: int | None = None
    """Is known, or has viewed at least so many products."""
    min_views: int = 0
    min_orders: int = 0
    max_orders: int | None = None
    min_spend_minor: int = 0
    basket_within: timedelta | None = None
    """Has a basket with something in it, changed less than this ago."""
    silent_gaps: float = 0.0
    """The last order is at least so many purchase gaps ago."""
    silent_for: timedelta | None = None
    """The last order is at least this long ago."""
    bought_within_gaps: float = 0.0
    """The last order is less than so many purchase gaps ago."""
    bought_within: timedelta | None = None
    """The last order is less than this ago."""

    @property
    def is_empty(self) -> bool:
        return self == EVERYBODY


EVERYBODY = Entry()

METRICS = ("visitors", "conversion", "second_order", "retention", "frequency", "referral")
"""Headline metrics: visitors and cost per new visitor; conversion rate and payback; time to the
second order and click rate; retention and churn rate; purchase frequency; referral rate."""

CHANNELS = (
    "search", "ads", "social", "affiliates", "site", "mail", "push", "messaging", "service", "store"
)  # fmt: skip
"""Where a stage's people are met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of the model. ``order`` places it on the board, from 1; a higher one is further
    along. ``loss`` marks stages in which people are on their way out."""

    key: str
    label: str
    order: int
    goal: str = ""
    loss: bool = False
    metric: str = "retention"
    channels: tuple[str, ...] = ()
    entry: Entry = EVERYBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRules:
    """Who carries the flags beside the stage.

    Advocate: at least ``advocate_orders``, silent for less than ``advocate_gaps`` purchase gaps,
    and recommended the shop (a five-star review, an NPS answer of 9 or 10, a referral).
    Churn risk: at least ``churn_orders`` and of worth, silent for ``churn_from_gaps`` to
    ``churn_until_gaps`` purchase gaps. Of worth: spent ``churn_spend_minor`` or more (None: as much
    as the middle one of the store's repeat buyers).
    """

    advocate_orders: int = 3
    advocate_gaps: float = 3.0
    churn_orders: int = 2
    churn_from_gaps: float = 0.75
    churn_until_gaps: float = 3.0
    churn_spend_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A lifecycle model: a person is in the last of its stages whose entry rule holds.

    ``version`` is 0 for the built-in default and changes with every publish. ``since`` is when it
    went live; None for the default in a store that never had another.
    """

    key: str
    version: int
    name: str
    stages: tuple[Stage, ...]
    flags: FlagRules = field(default_factory=FlagRules)
    since: datetime | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.stages)

    @property
    def first(self) -> Stage:
        """The stage of somebody the shop knows nothing about."""
        return self.stages[0]

    def stage(self, key: str) -> Stage | None:
        return next((stage for stage in self.stages if stage.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """``gap`` is the purchase gap that applies to this person: the yardstick of her silence.

    ``source`` says whose gap it is: ``own``, ``category``, ``store`` or ``default``.
    """

    gap: timedelta
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a person stands, and when time alone will change that (None: never)."""

    stage: str
    due_at: datetime | None
    advocate: bool = False
    churn_risk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of stage; ``from_stage`` is empty for a new profile.

    ``cause``: the type of an event, ``time``, or a cause of ours that starts no campaign:
    ``model`` (the lifecycle model changed), ``gap`` (the store's purchase gaps did), ``rebuild``.
    """

    profile_id: int
    from_stage: str
    to_stage: str
    moved_at: datetime
    cause: str


class Moves(list[Move]):
    """The moves of a batch, in order for each person.

    ``flagged`` are the profiles whose advocate or churn-risk flag changed; ``looked`` is how many
    were looked at, moved or not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flagged: set[int] = set()
        self.looked = 0
