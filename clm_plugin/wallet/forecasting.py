"""What becomes of the credit that is out: redeemed, or broken (never used). Pure.

Method: survival by lot age. A discrete life table with two ways out (cause-specific hazards): of
the money that reached week ``k`` after it opened, the share that was redeemed within that week is
the hazard of the week. What is still out counts up to its age and no further (Kaplan and Meier,
"Nonparametric Estimation from Incomplete Observations", JASA 53, 1958; with competing risks:
Prentice et al., Biometrics 34, 1978). The hazards are then applied to every lot that is out, week
by week until it expires; what is left then is breakage (IFRS 15 B44-B47, ASC 606-10-55-46 to 49
say how books may use such an expectation). Beyond the oldest age that was seen nothing is supposed
to be redeemed: the careful side, for it leaves the money owed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ENOUGH = 50
"""Lots that came to their end (all spent, or expired), from which a forecast is made: the share
redeemed is then known to about 14 points either way (a binomial, 95 per cent)."""
_LONGEST = 520
"""Weeks after which a forecast ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How the lots of a programme lived. By age in whole weeks since opening, in minor units:
    ``redeemed`` (less what refunds put back), ``other`` ways out, ``left`` what is still out.
    ``ended``: lots that came to their end."""

    programme: str
    ended: int = 0
    redeemed: Mapping[int, int] = field(default_factory=dict)
    other: Mapping[int, int] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """Credit that is out: ``age`` in weeks since it opened (-1: opens within a week, -2 …),
    ``ends`` in how many weeks it expires (0: within a week; None: never)."""

    programme: str
    currency: str
    age: int
    ends: int | None
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One of the coming weeks, in minor units. ``opens`` and ``expires`` are the lots' dates:
    facts, if nobody redeems. ``redeemed`` and ``broken`` are expected; ``left``: still owed then.
    """

    opens: int = 0
    expires: int = 0
    redeemed: int = 0
    broken: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """``weeks``, and what all that is out comes to: ``redeemed + broken + stays`` is what is owed
    (``stays``: never expires, and nobody of that age ever redeemed).
    ``more``: ended lots that are lacking for an expectation; then only dates are told."""

    currency: str
    weeks: tuple[Week, ...]
    owed: int
    redeemed: int = 0
    broken: int = 0
    stays: int = 0
    more: int = 0

    @property
    def is_told(self) -> bool:
        return not self.more


def hazards(lives: Lives) -> tuple[float, ...]:
    """The share of the money reaching each week that was redeemed in it.

    What is still out was there for half of its last week (the actuary's half).
    """
    ages = {*lives.redeemed, *lives.other, *lives.left}
    oldest = max((age for age in ages if age >= 0), default=-1)
    at_risk = float(sum(its.get(age, 0) for its in (lives.redeemed, lives.other, lives.left)
                        for age in range(oldest + 1)))  # fmt: skip
    found = []
    for age in range(oldest + 1):
        gone, left = lives.redeemed.get(age, 0), lives.left.get(age, 0)
        exposed = at_risk - left / 2
        found.append(min(1.0, max(0.0, gone / exposed)) if exposed > 0 else 0.0)
        at_risk -= gone + lives.other.get(age, 0) + left
    return tuple(found)


def share_redeemed(rates: Sequence[float], weeks: int) -> float:
    """Of credit just opened, the share that is redeemed within so many weeks."""
    left = 1.0
    for rate in rates[:weeks]:
        left *= 1 - rate
    return 1 - left


def forecast(currency: str, out: Iterable[Out], lives: Mapping[str, Lives], weeks: int) -> Forecast:
    """What is out in one currency, over the coming weeks and to its end.

    Programmes without enough history lack ``more``: then nothing is expected of any of them.
    """
    own = [each for each in out if each.currency == currency]
    owed = sum(each.minor for each in own)
    dates = _dates(own, weeks)
    more = max(
        (ENOUGH - (lives[key].ended if key in lives else 0) for key in {e.programme for e in own}),
        default=0,
    )
    if more > 0:
        return Forecast(currency=currency, weeks=dates, owed=owed, more=more)
    rates = {each.programme: hazards(lives[each.programme]) for each in own}
    redeemed, broken, stays = _flow(own, rates)
    told, left = [], owed
    for at, week in enumerate(dates):
        gone = (_step(redeemed, at), _step(broken, at))
        left -= sum(gone)
        told.append(
            Week(
                opens=week.opens, expires=week.expires, redeemed=gone[0], broken=gone[1], left=left
            )
        )
    in_all = (round(sum(redeemed.values())), round(stays))
    return Forecast(
        currency=currency, weeks=tuple(told), owed=owed, redeemed=in_all[0],
        broken=owed - sum(in_all), stays=in_all[1],
    )  # fmt: skip


def _dates(out: Sequence[Out], weeks: int) -> tuple[Week, ...]:
    opens: dict[int, int] = defaultdict(int)
    expires: dict[int, int] = defaultdict(int)
    for each in out:
        if each.age < 0:
            opens[-each.age - 1] += each.minor
        if each.ends is not None:
            expires[max(0, each.ends)] += each.minor
    return tuple(Week(opens=opens[at], expires=expires[at]) for at in range(weeks))


def _flow(
    out: Sequence[Out], rates: Mapping[str, Sequence[float]]
) -> tuple[dict[int, float], dict[int, float], float]:
    """What is redeemed and broken by week, and what stays out."""
    redeemed: dict[int, float] = defaultdict(float)
    broken: dict[int, float] = defaultdict(float)
    stays = 0.0
    for each in out:
        its, left = rates[each.programme], float(each.minor)
        last = _LONGEST if each.ends is None else min(max(0, each.ends), _LONGEST)
        for week in range(min(last + 1, max(0, len(its) - each.age))):
            age = each.age + week
            gone = left * its[age] if age >= 0 else 0.0
            redeemed[week] += gone
            left -= gone
        if each.ends is None:
            stays += left
        else:
            broken[last] += left
    return redeemed, broken, stays


def _step(by_week: Mapping[int, float], at: int) -> int:
    """The whole units of one week, such that the weeks of any stretch sum up to within one."""

    def until(end: int) -> int:
        return round(sum(amount for week, amount in by_week.items() if week < end))

    return until(at + 1) - until(at)
