"""Groups as SQL: who matches, how many, and a few of them."""

from __future__ import annotations

import math
import operator
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, Q

from clm_plugin.profiles.models import Profile
from clm_plugin.segments.data import Condition, Count, Group
from clm_plugin.segments.expressions import OnRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.db.models import Model, QuerySet

EXACT_UP_TO = 1_000_000
"""Profiles up to which people are counted one by one."""
SAMPLE = 250_000
"""Profiles that an estimate looks at."""
_CONFIDENCE = 1.96
_FACTOR, _PRIME = 1_327_217_885, 2**31 - 1
"""Multiplying by the golden section of a prime, modulo it, spreads any run of ids evenly."""


def matching(group: Group | Condition, now: datetime) -> QuerySet[Profile]:
    """The people in the group at ``now``; merged profiles are nobody. Not ordered."""
    return Profile.objects.filter(as_q(group, now), merged_into__isnull=True)


def as_q(node: Group | Condition, now: datetime) -> Q:
    """The group over ``Profile``; never NULL."""
    found = _compiled(node, now, negated=False)
    return found.as_q() if isinstance(found, OnRow) else found


def _compiled(node: Group | Condition, now: datetime, *, negated: bool) -> Q | OnRow:
    """``negated`` goes down to the conditions (De Morgan): databases plan ``NOT EXISTS`` well and
    ``NOT (EXISTS OR …)`` badly."""
    if not isinstance(node, Group):
        found = node.q(now)
        return ~found if negated else found
    join = operator.and_ if (node.kind == "any") == negated else operator.or_
    inner = negated != (node.kind == "none")
    parts = [_compiled(member, now, negated=inner) for member in node.members]
    if not parts:
        return ~Q(pk__in=[]) if join is operator.and_ else Q(pk__in=[])
    return _joined(parts, join)


def _joined(parts: Sequence[Q | OnRow], join: Callable[[Any, Any], Any]) -> Q | OnRow:
    """The parts put together, tests of one table first."""
    rows: dict[type[Model], OnRow] = {}
    others: list[Q] = []
    for part in parts:
        if isinstance(part, OnRow):
            known = rows.get(part.model)
            rows[part.model] = part if known is None else join(known, part)
        else:
            others.append(part)
    if not others and len(rows) == 1:
        return next(iter(rows.values()))
    return reduce(join, [*(row.as_q() for row in rows.values()), *others])


def count(group: Group | Condition, now: datetime) -> Count:
    """How many match: exact up to a million profiles, above it an estimate by a sample.

    The sample is drawn by a hash of the id: the same one each time, so that a number moves because
    the rules did, and blind to any pattern in which profiles were made.
    """
    people = matching(group, now)
    highest = Profile.objects.aggregate(highest=Max("pk"))["highest"] or 0
    if highest <= EXACT_UP_TO:
        return Count(number=people.count())
    step = math.ceil(highest / SAMPLE)
    drawn = people.alias(place=F("pk") * _FACTOR % _PRIME).filter(place__lt=_PRIME // step)
    hits = drawn.count()
    return Count(number=hits * step, estimated=True, margin=_margin(hits, step))


def _margin(hits: int, step: int) -> int:
    """Half the width of the 95 % interval of ``hits * step``: each match is drawn with 1/step."""
    if not hits:
        return 3 * step  # the rule of three
    return math.ceil(_CONFIDENCE * math.sqrt(hits * step * (step - 1)))


def sample(group: Group | Condition, now: datetime, n: int = 10) -> list[Profile]:
    """Up to ``n`` of the people in the group, the newest profiles first."""
    return list(matching(group, now).order_by("-pk")[:n])
