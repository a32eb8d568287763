"""What narrows the list of customers: stage, flags, moves, deeds and days; and the search.

The filters are plain parameters of the address, so every number of the board leads here to its
people, and the list shows which of them are on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db import connection
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from clm_plugin import clock
from clm_plugin.console.board_people import NEW, OFF, ONWARD
from clm_plugin.insights.api import among, between, bounds, doers, drops, goes_on, local_day, movers
from clm_plugin.lifecycle.api import current_model, stage_choices
from clm_plugin.lifecycle.models import Standing
from clm_plugin.profiles.models import Facts, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from django.db.models import QuerySet

    from clm_plugin.lifecycle.api import Stage

_FOUND = 10_001
"""Rows of a search that are looked at; one more than the list pages through."""
_LOOKED, _MET = 2_000, 100
"""Of so many first rows, so many must stand in a stage for its people to be found on the way."""


def _campaigns() -> list[tuple[str, str]]:
    from clm_plugin.campaigns.models import Campaign

    return list(Campaign.objects.order_by("name").values_list("key", "name"))


def _sources() -> list[tuple[str, str]]:
    return [(NEW, _("Nowhere: they are new")), *stage_choices()]


def _targets() -> list[tuple[str, str]]:
    return [
        (ONWARD, _("Any stage onward")),
        (OFF, _("Off the path: back, or into a loss")),
        *stage_choices(),
    ]


class CustomerFilters(WagtailFilterSet):
    is_narrow = False
    """Whether the list is one of ``insights.LIMIT`` known people at most."""

    stage = django_filters.ChoiceFilter(
        label=gettext_lazy("Stage"), choices=stage_choices, empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect, method="left_to_the_list",
    )  # fmt: skip
    known = django_filters.ChoiceFilter(
        label=gettext_lazy("Who"),
        choices=[
            ("account", gettext_lazy("With an account")),
            ("mail", gettext_lazy("With an e-mail address")),
        ],
        empty_label=gettext_lazy("Everybody"), widget=forms.RadioSelect, method="only_known",
    )  # fmt: skip
    flag = django_filters.ChoiceFilter(
        label=gettext_lazy("Flag"),
        choices=[
            ("advocate", gettext_lazy("Advocate")),
            ("churn_risk", gettext_lazy("Churn risk")),
        ],
        empty_label=gettext_lazy("Any"), widget=forms.RadioSelect, method="only_flagged",
    )  # fmt: skip
    moved_from = django_filters.ChoiceFilter(
        label=gettext_lazy("Moved from"), choices=_sources, empty_label=gettext_lazy("Any"),
        widget=forms.RadioSelect, method="left_to_the_whole",
    )  # fmt: skip
    moved_to = django_filters.ChoiceFilter(
        label=gettext_lazy("Moved to"), choices=_targets, empty_label=gettext_lazy("Any"),
        widget=forms.RadioSelect, method="left_to_the_whole",
    )  # fmt: skip
    did = django_filters.ChoiceFilter(
        label=gettext_lazy("Did"),
        choices=[
            ("first_order", gettext_lazy("Placed the first order")),
            ("second_order", gettext_lazy("Placed the second order")),
            ("order", gettext_lazy("Placed an order")),
            ("contacted", gettext_lazy("Got a mail or saw a widget")),
            ("clicked", gettext_lazy("Clicked on one")),
            ("credited", gettext_lazy("Ordered after a click")),
        ],
        empty_label=gettext_lazy("Anything"), widget=forms.RadioSelect,
        method="left_to_the_whole",
    )  # fmt: skip
    campaign = django_filters.ChoiceFilter(
        label=gettext_lazy("Of the campaign"), choices=_campaigns,
        empty_label=gettext_lazy("Any"), widget=forms.RadioSelect, method="left_to_the_whole",
    )  # fmt: skip
    did_in = django_filters.ChoiceFilter(
        label=gettext_lazy("While in"), choices=stage_choices, empty_label=gettext_lazy("Any"),
        widget=forms.RadioSelect, method="left_to_the_whole",
    )  # fmt: skip
    when = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("In the days"), widget=DateRangePickerWidget,
        method="left_to_the_whole",
        help_text=gettext_lazy("When they moved or did it; alone: when they were last seen."),
    )  # fmt: skip

    class Meta:
        model = Facts
        fields: list[str] = []

    def only_known(self, rows: QuerySet[Facts], name: str, value: str) -> QuerySet[Facts]:
        empty = {"profile__customer_id": ""} if value == "account" else {"profile__email": ""}
        return rows.exclude(**empty)

    def only_flagged(self, rows: QuerySet[Facts], name: str, value: str) -> QuerySet[Facts]:
        return rows.filter(**{f"profile__standing__{value}": True})

    def left_to_the_whole(self, rows: QuerySet[Facts], name: str, value: Any) -> QuerySet[Facts]:
        """Says nothing alone: moves, deeds and days are read together."""
        return rows

    def left_to_the_list(self, rows: QuerySet[Facts], name: str, value: Any) -> QuerySet[Facts]:
        """The list itself decides how a stage is found best, once it knows its order."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Facts]) -> QuerySet[Facts]:
        rows: QuerySet[Facts] = super().filter_queryset(queryset)
        told = self.form.cleaned_data
        window = _window(told.get("when"))
        source, target = told.get("moved_from") or "", told.get("moved_to") or ""
        self.is_narrow = bool(source or target or told.get("did"))
        if source or target:
            rows = rows.filter(among(movers(moves_meant(source, target), window)))
        if told.get("did"):
            campaign, stage = told.get("campaign") or "", told.get("did_in") or ""
            rows = rows.filter(among(doers(told["did"], window, campaign=campaign, stage=stage)))
        elif told.get("when") and not (source or target):
            rows = rows.filter(last_seen_at__gte=window[0], last_seen_at__lt=window[1])
        return rows


def moves_meant(source: str, target: str) -> Iterator[tuple[str, str]]:
    """The pairs of stages that two choices stand for; ``""`` as the source of a pair: newcomers."""
    stages = current_model().stages
    sources: list[Stage | None] = [stage for stage in stages if source in ("", stage.key)]
    if source in ("", NEW):
        sources.append(None)
    for one in sources:
        for other in stages:
            if one is other or target not in ("", ONWARD, OFF, other.key):
                continue
            if target in (ONWARD, OFF):
                meant = goes_on if target == ONWARD else drops
                if one is None or not meant(one, other):
                    continue
            yield one.key if one else "", other.key


def _window(chosen: slice | None) -> tuple[datetime, datetime]:
    """First moment of the chosen days, and the first one behind them; no days: all there are."""
    today = local_day(clock.now())
    since: date | None = chosen.start.date() if chosen and chosen.start else None
    until: date | None = chosen.stop.date() if chosen and chosen.stop else None
    period = between(since or today.replace(year=today.year - 3, day=1), until or today, today)
    return bounds(period, timezone.get_default_timezone())


def search(rows: QuerySet[Facts], query: str) -> QuerySet[Facts]:
    """Profiles whose name, e-mail address or customer id begins with what was typed.

    Beginnings, not parts: those are found by index on any number of profiles. One query each.
    """
    term = query.strip()
    wanted = [begins("email", term.lower())]
    if "@" not in term:
        wanted += [begins("name_key", term.lower()), Q(customer_id=term)]
    found: list[int] = []
    for each in wanted:
        found += Profile.objects.filter(each).order_by().values_list("pk", flat=True)[:_FOUND]
    return rows.filter(among(found[:_FOUND]))


def in_stage(rows: QuerySet[Facts], stage: str) -> QuerySet[Facts]:
    """Those of ordered rows who stand in a stage.

    Where the stage is well met among the first rows, the order is walked and the stage looked up;
    else the stage's people are taken, the newest ``_FOUND`` of them, and sorted. Both are short,
    and each would be long where the other one is short.
    """
    walked = alive_walked(rows)
    first = walked.values("pk")[:_LOOKED]
    if Standing.objects.filter(pk__in=first).filter(stage=stage).count() >= _MET:
        # An expression, so that no index of stages tempts a planner away from the order.
        known = Coalesce("profile__standing__stage", Value(""))
        return walked.annotate(stands_in=known).filter(stands_in=stage)
    newest = Standing.objects.filter(stage=stage).order_by("-since").values_list("pk", flat=True)
    return alive_known(rows).filter(among(list(newest[:_FOUND])))


def alive_walked(rows: QuerySet[Facts]) -> QuerySet[Facts]:
    """Without who was merged, for rows in an order of which the first ones are wanted."""
    return rows.filter(profile__merged_into__isnull=True)


def alive_known(rows: QuerySet[Facts]) -> QuerySet[Facts]:
    """Without who was merged, for rows whose keys are known: those few are taken out, where a join
    would look up everybody, or read the whole table."""
    merged = Profile.objects.filter(pk=OuterRef("pk"), merged_into__isnull=False)
    return rows.filter(~Exists(merged))


def begins(column: str, text: str) -> Q:
    """A column begins with a text, in the form that the database finds by index.

    PostgreSQL does so for LIKE; SQLite for a range, as it compares texts by their bytes.
    """
    if not text:
        return Q()
    if connection.vendor == "postgresql":
        return Q(**{f"{column}__startswith": text})
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + "\U0010ffff"})
