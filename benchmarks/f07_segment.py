"""F7: a segment of nine conditions over a million people, against the SQL one would write by hand.

Both sides give the number of the people and their ids. The hand-written statement is the plain way:
facts and stage joined, the rest by EXISTS, counted events by a grouped IN. The one-person check is
the same nine conditions in Python, for people that are read already.
"""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.crowd import NOW, people_in
from benchmarks.harness import Bench, Figure, Outcome

if TYPE_CHECKING:
    from clm_plugin.segments.api import Group

LIMIT = 50e-6
"""Seconds that the check of one person may take."""
CHECKED = 2_000

_BY_HAND = """
SELECT {what} FROM clm_plugin_profile p
JOIN clm_plugin_facts f ON f.profile_id = p.id
JOIN clm_plugin_standing s ON s.profile_id = p.id
WHERE p.merged_into_id IS NULL
AND s.stage IN ('nurture', 'retain', 'loyal') AND s.since <= %(week)s
AND f.orders >= 1
AND f.last_order_at > %(year)s
AND p.id IN (SELECT i.profile_id FROM clm_plugin_event e
  JOIN clm_plugin_identifier i ON i.actor = e.actor
  WHERE e.type = 'product.viewed' AND e.occurred_at > %(month)s
  GROUP BY i.profile_id HAVING count(*) >= 2)
AND NOT EXISTS (SELECT 1 FROM clm_plugin_event e
  JOIN clm_plugin_identifier i ON i.actor = e.actor
  WHERE i.profile_id = p.id AND e.type = 'search.made' AND e.occurred_at > %(week)s)
AND EXISTS (SELECT 1 FROM clm_plugin_itemfact l JOIN clm_plugin_orderfact o USING (order_id)
  WHERE o.profile_id = p.id AND l.category_id IN ('3', '4', '5') AND l.quantity > 0
  AND o.cancelled_at IS NULL AND o.placed_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM clm_plugin_itemfact l JOIN clm_plugin_orderfact o USING (order_id)
  WHERE o.profile_id = p.id AND l.category_id = '7' AND l.quantity > 0
  AND o.cancelled_at IS NULL AND o.placed_at IS NOT NULL)
AND EXISTS (SELECT 1 FROM clm_plugin_consent c WHERE c.profile_id = p.id
  AND c.purpose = 'marketing' AND c.channel = 'mail' AND c.granted)
AND (EXISTS (SELECT 1 FROM clm_plugin_traitvalue t WHERE t.profile_id = p.id
    AND t.key = 'plan' AND t.text = 'gold')
  OR EXISTS (SELECT 1 FROM clm_plugin_rfmscore r WHERE r.profile_id = p.id
    AND r.name IN ('champions', 'loyal')))
"""


def nine_conditions() -> Group:
    """The segment, as a marketer would build it."""
    from clm_plugin.segments.api import Group
    from clm_plugin.segments.conditions import (
        BoughtNot,
        DidEvent,
        Figure,
        HasConsent,
        HasTrait,
        InStage,
        Rfm,
    )

    return Group(
        "all",
        (
            InStage(stages=("nurture", "retain", "loyal"), min_days=7),
            Figure(figure="orders", at_least=1),
            Figure(figure="days_since_last_order", at_most=365),
            DidEvent(type="product.viewed", at_least=2, within_days=30),
            DidEvent(type="search.made", at_most=0, within_days=7),
            BoughtNot(categories=("3", "4", "5"), not_categories=("7",)),
            HasConsent(purpose="marketing", channel="mail"),
            Group(
                "any",
                (HasTrait(key="plan", value="gold"), Rfm(names=("champions", "loyal"))),
            ),
        ),
    )


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from django.db import connection

    from clm_plugin.segments.api import count, matching

    number = 20_000 if bench.quick else 1_000_000
    bench.say(f"making {number:,} people")
    people_in(database, number)
    group = nine_conditions()
    since = {"week": 7, "month": 30, "year": 365}
    values = {name: NOW - timedelta(days=days) for name, days in since.items()}

    def by_hand() -> tuple[int, list[int]]:
        with connection.cursor() as cursor:
            cursor.execute(_BY_HAND.format(what="count(*)"), values)
            total = cursor.fetchone()[0]
            cursor.execute(_BY_HAND.format(what="p.id"), values)
            return total, [row[0] for row in cursor.fetchall()]

    def ours() -> tuple[int, list[int]]:
        return count(group, NOW).number, list(matching(group, NOW).values_list("pk", flat=True))

    hand, compiled = by_hand(), ours()
    pairs = bench.interleave(by_hand, ours)
    seconds, agree = _one_by_one(group, set(compiled[1]), number)
    return Outcome(
        pairs=pairs,
        note=f"{number:,} people, {hand[0]:,} inside; one person {seconds * 1e6:.1f} µs",
        also=[
            (
                "both find the same people",
                (hand[0], set(hand[1])) == (compiled[0], set(compiled[1])),
            ),
            ("the one-person check finds them too", agree),
            (f"a check takes at most {LIMIT * 1e6:.0f} µs", seconds <= LIMIT),
        ],
    )


def _one_by_one(group: Group, inside: set[int], number: int) -> tuple[float, bool]:
    """Median CPU seconds of a check, reading apart, and whether all agreed with the statement."""
    from clm_plugin.segments.api import holds, read_subjects

    ids = list(range(1, number, max(1, number // CHECKED)))
    ids += sorted(inside)[:CHECKED]
    subjects: dict[int, Any] = read_subjects(ids, [group], NOW)
    agree = all(holds(group, subject, NOW) == (pid in inside) for pid, subject in subjects.items())
    # Those who are in are asked every question; who is out is often out by the first.
    asked = [subject for pid, subject in subjects.items() if pid in inside]
    times = []
    for _ in range(5):
        began = time.process_time()  # it only computes, in one thread
        for subject in asked:
            holds(group, subject, NOW)
        times.append((time.process_time() - began) / max(1, len(asked)))
    return statistics.median(times), agree and bool(asked)


FIGURE = Figure(
    id="F7",
    title="segment: nine conditions over a million people",
    against="hand-written SQL",
    unit="s",
    reach=1.2,
    better="lower",
    run=run,
)
