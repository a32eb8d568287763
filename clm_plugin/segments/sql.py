"""Groups as SQL: who matches, how many, and a few of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.db.models import F, Max, Q
from django.db.models.functions import Mod

from clm_plugin.profiles.models import Profile
from clm_plugin.segments.data import Condition, Count, Group

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

EXACT_UP_TO = 1_000_000
"""Profiles up to which people are counted one by one."""
SAMPLE = 250_000
"""Profiles that an estimate looks at."""
_CONFIDENCE = 1.96


def matching(group: Group | Condition, now: datetime) -> QuerySet[Profile]:
    """The people in the group at ``now``; merged profiles are nobody. Not ordered."""
    return Profile.objects.filter(as_q(group, now), merged_into__isnull=True)


def as_q(node: Group | Condition, now: datetime) -> Q:
    """The group over ``Profile``; never NULL."""
    return _compiled(node, now, negated=False)


def _compiled(node: Group | Condition, now: datetime, *, negated: bool) -> Q:
    """``negated`` goes down to the conditions (De Morgan): databases plan ``NOT EXISTS`` well and
    ``NOT (EXISTS OR …)`` badly."""
    if not isinstance(node, Group):
        q = node.q(now)
        return ~q if negated else q
    inner = negated != (node.kind == "none")
    parts = [_compiled(member, now, negated=inner) for member in node.members]
    conjunction = (node.kind == "all") != negated if node.kind != "none" else not negated
    if not parts:
        return ~Q(pk__in=[]) if conjunction else Q(pk__in=[])
    found = parts[0]
    for part in parts[1:]:
        found = found & part if conjunction else found | part
    return found


def count(group: Group | Condition, now: datetime) -> Count:
    """How many match: exact up to a million profiles, above it an estimate by a sample.

    The sample is every k-th profile by id: the same one each time, so that a number moves because
    the rules did.
    """
    people = matching(group, now)
    highest = Profile.objects.aggregate(highest=Max("pk"))["highest"] or 0
    if highest <= EXACT_UP_TO:
        return Count(number=people.count())
    step = math.ceil(highest / SAMPLE)
    hits = people.alias(place=Mod(F("pk"), step)).filter(place=0).count()
    return Count(number=hits * step, estimated=True, margin=_margin(hits, step))


def _margin(hits: int, step: int) -> int:
    """Half the width of the 95 % interval of ``hits * step``: each match is drawn with 1/step."""
    if not hits:
        return 3 * step  # the rule of three
    return math.ceil(_CONFIDENCE * math.sqrt(hits * step * (step - 1)))


def sample(group: Group | Condition, now: datetime, n: int = 10) -> list[Profile]:
    """Up to ``n`` of the people in the group, the newest profiles first."""
    return list(matching(group, now).order_by("-pk")[:n])
