"""What the board is made of, as it crosses the door; no Django. Money in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from clm_plugin.insights.data import Flow

Unit = Literal["people", "share", "money", "days", "per_year"]
Unready = Literal[
    "", "no_spend", "nobody", "few", "no_loss", "no_referrals", "not_earned", "no_contacts"
]
"""Why a number is missing or shaky; empty: it stands. ``few``: on too few people to trust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """How fresh the counters are."""

    at: datetime
    cost_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Mails sent and widgets seen, and the clicks on them."""

    delivered: int = 0
    clicked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """All that was counted over a period."""

    days: int
    is_whole: bool = True
    """Whether counting goes back to its first day: a part of a period compares with nothing."""
    before: Mapping[str, int] = field(default_factory=dict)
    """People by stage at the end of the day before the period."""
    after: Mapping[str, int] = field(default_factory=dict)
    """People by stage at the end of the period, or now."""
    flows: tuple[Flow, ...] = ()
    """The people's own moves."""
    our_moves: int = 0
    """Moves that we made: another model, another gap, a merge."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Sums of the day's numbers, by key."""
    levels_before: Mapping[str, int] = field(default_factory=dict)
    levels_after: Mapping[str, int] = field(default_factory=dict)
    """Numbers that are a state and not a sum: ``buyers``, ``repeaters``."""
    spend_minor: int | None = None
    """What channels cost; None where nothing was ever imported for these days."""
    contacts: Mapping[str, Contacts] = field(default_factory=dict)
    """By the stage of the person at that moment."""

    @property
    def newcomers(self) -> int:
        return sum(flow.moves for flow in self.flows if not flow.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A headline number of a stage.

    ``value`` is ``part`` ÷ ``whole`` where both are given. ``share``: 0 to 1; ``money``: minor
    units; ``days``; ``per_year``: orders a year.
    """

    key: str
    unit: Unit
    value: float | None
    part: float | None = None
    whole: float | None = None
    before: float | None = None
    """The same number of the period before; None where there is none."""
    unready: Unready = ""
    less_is_better: bool = False

    @property
    def change(self) -> float | None:
        """Relative change against the period before, 0.1 for a tenth more."""
        if self.value is None or not self.before:
            return None
        return self.value / self.before - 1

    @property
    def verdict(self) -> str:
        """``good``, ``bad`` or ``same``."""
        if self.value is None or self.before is None or self.value == self.before:
            return "same"
        return "good" if (self.value > self.before) != self.less_is_better else "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A benchmark: a share of 1, whose figure it is, and whether the shop changed it."""

    share: float
    source: str
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """Those who went on from a stage in the last year: how many, and their margin to date.

    Of the last wanted stage, from which nobody can go on: those who stand in it.
    """

    people: int
    margin_minor: int

    @property
    def each(self) -> float | None:
        return self.margin_minor / self.people if self.people else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropOff:
    """Where people leave the path forward, and what that costs.

    ``there``: stood in the stage at some time of the period. ``went_on`` to a later stage, or came
    back out of a loss; ``dropped``: into a loss, or back; ``waiting``: stand there at its end.
    ``lost_minor`` = ``dropped`` x average margin of those who went on.
    """

    stage: str
    there: int
    went_on: int
    dropped: int
    waiting: int
    each_minor: float | None
    mark: Mark | None = None
    is_last: bool = False
    """The last wanted stage: whoever leaves it drops off, so a share that goes on says nothing."""

    @property
    def share_on(self) -> float | None:
        """Of those who left the stage, the share who went on."""
        left = self.went_on + self.dropped
        return self.went_on / left if left and not self.is_last else None

    @property
    def lost_minor(self) -> int | None:
        return round(self.dropped * self.each_minor) if self.each_minor is not None else None

    @property
    def short_of_mark(self) -> float | None:
        """How far the share lies under the benchmark; negative where it is better."""
        return self.mark.share - self.share_on if self.mark and self.share_on is not None else None

    @property
    def worth_minor(self) -> int | None:
        """Margin that reaching the benchmark would be worth; None at or above it."""
        gap = self.short_of_mark
        if gap is None or gap <= 0 or self.each_minor is None:
            return None
        return round(gap * (self.went_on + self.dropped) * self.each_minor)
