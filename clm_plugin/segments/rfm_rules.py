"""Scores of recency, frequency and money, and their eleven names. Pure.

Two ways to score, by the number of buyers:

* from ``ENOUGH_BUYERS``: quantiles. A buyer's score is ``1 + floor(5 x share of buyers who are
  strictly worse)``. That is NTILE(5) with ties kept together: equal buyers get equal scores, so
  a score never changes by the order of rows. Where half of all buyers bought once, they all have
  an F of 1 and the next have a 3;
* under it: fixed cut-offs, because a fifth of a few people is chance.
"""

from __future__ import annotations

ENOUGH_BUYERS = 500

RECENCY_DAYS = (30, 90, 180, 365)
"""A last order at most so many days ago scores 5, 4, 3, 2; longer ago 1."""
FREQUENCY_ORDERS = (2, 3, 4, 6)
"""At least so many orders score 2, 3, 4, 5; one order 1."""
MONEY_ORDERS = (1, 2, 4, 8)
"""Spend of at least so many mean orders of the store scores 2, 3, 4, 5; less 1. Multiples and not
amounts, so that they hold in any currency."""


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown: rules know no framework and no language."""
    return text


NAMES = {
    "champions": gettext_noop("Champions"),
    "loyal": gettext_noop("Loyal"),
    "potential-loyalists": gettext_noop("Potential loyalists"),
    "new-customers": gettext_noop("New customers"),
    "promising": gettext_noop("Promising"),
    "need-attention": gettext_noop("Need attention"),
    "about-to-sleep": gettext_noop("About to sleep"),
    "at-risk": gettext_noop("At risk"),
    "cant-lose-them": gettext_noop("Can't lose them"),
    "hibernating": gettext_noop("Hibernating"),
    "lost": gettext_noop("Lost"),
}
"""Key and label of each, the best first."""

_MAP = {
    # value of the relation, floor((2 F + M) / 3): 1 … 5
    5: ("new-customers", "potential-loyalists", "loyal", "champions", "champions"),
    4: ("promising", "potential-loyalists", "loyal", "loyal", "champions"),
    3: ("about-to-sleep", "need-attention", "need-attention", "loyal", "loyal"),
    2: ("hibernating", "about-to-sleep", "at-risk", "at-risk", "cant-lose-them"),
    1: ("lost", "hibernating", "at-risk", "cant-lose-them", "cant-lose-them"),
}
"""R, then the value of the relation. Every pair has exactly one name."""


def name_of(r: int, f: int, m: int) -> str:
    """The key of the named segment of a score; every (r, f, m) of 1 to 5 has one."""
    return _MAP[r][value_of(f, m) - 1]


def row_of(r: int) -> tuple[str, ...]:
    """The names of a recency, by the value of the relation 1 to 5."""
    return _MAP[r]


def value_of(f: int, m: int) -> int:
    """How much the relation is worth, whenever it was: the mean of F, F and M, rounded down.

    F counts double, so that one large order makes nobody loyal.
    """
    return (2 * f + m) // 3


def tile(worse: int, buyers: int) -> int:
    """The quantile score of somebody than whom ``worse`` of ``buyers`` are strictly worse."""
    return 1 + 5 * worse // buyers


def fixed_scores(
    *, days: float, orders: int, spend_minor: int, mean_order_minor: float
) -> tuple[int, int, int]:
    """(r, f, m) of a buyer of a small store. ``days``: since the last order."""
    r = 5 - sum(days > limit for limit in RECENCY_DAYS)
    f = 1 + sum(orders >= limit for limit in FREQUENCY_ORDERS)
    m = 1 + sum(spend_minor >= limit * mean_order_minor for limit in MONEY_ORDERS)
    return r, f, m
