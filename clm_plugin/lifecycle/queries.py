"""Reads of the lifecycle floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from clm_plugin.lifecycle.models import PurchaseGap, Restaging, Standing
from clm_plugin.lifecycle.rules import DEFAULT_GAP, OWN_GAP_ORDERS, STORE_GAPS
from clm_plugin.profiles.api import facts

if TYPE_CHECKING:
    from django.db.models import QuerySet


def next_due() -> datetime | None:
    """When time alone moves somebody next."""
    at: datetime | None = Standing.objects.aggregate(at=Min("due_at"))["at"]
    return at


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A purchase gap: its median and the number of gaps it stands on, of ``STORE_GAPS`` needed."""

    category: str
    """Empty for the whole store."""
    days: float
    gaps: int

    @property
    def needed(self) -> int:
        return STORE_GAPS

    @property
    def ready(self) -> bool:
        return self.gaps >= STORE_GAPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What silence is measured by, and how well each yardstick is known.

    ``own`` customers have so many orders that their own gap counts, of ``buyers``.
    """

    own: int
    buyers: int
    own_orders: int
    categories: tuple[Measure, ...]
    store: Measure | None
    default_days: int
    measured_at: datetime | None

    @property
    def ready_categories(self) -> int:
        return sum(measure.ready for measure in self.categories)


def readiness() -> Readiness:
    """The yardsticks as of last night; three queries."""
    rows = list(PurchaseGap.objects.order_by("-gaps", "category_id"))
    measures = [
        Measure(category=row.category_id, days=row.median_days, gaps=row.gaps) for row in rows
    ]
    return Readiness(
        own=facts().filter(orders__gte=OWN_GAP_ORDERS).count(),
        buyers=facts().filter(orders__gte=1).count(),
        own_orders=OWN_GAP_ORDERS,
        categories=tuple(measure for measure in measures if measure.category),
        store=next((measure for measure in measures if not measure.category), None),
        default_days=DEFAULT_GAP.days,
        measured_at=max((row.computed_at for row in rows), default=None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run that places everybody: ``share`` of the profiles is done; ``finished_at`` None: on."""

    cause: str
    share: float
    moved: int
    requested_at: datetime
    finished_at: datetime | None


def last_run() -> Progress | None:
    """The latest run for a new model, under way or done; one query."""
    run = Restaging.objects.filter(superseded=False).order_by("-id").first()
    if run is None:
        return None
    return Progress(
        cause=run.cause,
        share=run.reached / run.last_id if run.last_id else 1.0,
        moved=run.moved,
        requested_at=run.requested_at,
        finished_at=run.finished_at,
    )


def flagged(*, advocate: bool = False, churn_risk: bool = False) -> QuerySet[Standing]:
    """The standings of those who carry a flag."""
    wanted = {"advocate": advocate, "churn_risk": churn_risk}
    return Standing.objects.filter(**{name: True for name, asked in wanted.items() if asked})


def stage_counts() -> dict[str, int]:
    """How many people stand in each stage now; stages without anybody are left out. One query."""
    return dict(Standing.objects.order_by().values_list("stage").annotate(Count("pk")))
