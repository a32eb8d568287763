"""RFM: the heat map, the eleven names, how buyers moved between two dates, micro-segments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput

from clm_plugin import clock
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import (
    SEE_NUMBERS,
    SEE_PEOPLE,
    SEE_SEGMENTS,
    Guarded,
    GuardedViewSet,
    may,
)
from clm_plugin.console.rfm_people import RfmPeopleView
from clm_plugin.console.rfm_words import ADVICE, Summary, cut_offs, rfm_label, rough, summary
from clm_plugin.console.segments_patience import Impatient, patience
from clm_plugin.console.segments_sizes import sizes
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import RfmScore
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet


SHADES = 6
SECONDS = 15.0
"""What a comparison of two dates may take; it reads every order."""
AT_ONCE = 50_000
"""Up to so many buyers the comparison is drawn without being asked for."""
BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the heat map. ``shade``: 0 (nobody) to 6 (the fullest)."""

    r: int
    f: int
    buyers: int
    spend: str
    shade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One of the eleven names."""

    key: str
    label: str
    advice: str
    buyers: int
    share: float

    @property
    def width(self) -> float:
        return max(self.share * 100, 0.4) if self.buyers else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the matrix: who had this name, and what became of them."""

    key: str
    label: str
    total: int
    cells: tuple[tuple[str, int, int, bool], ...]
    """Label of the column, buyers, shade, whether it is the same name."""


def heat_rows(cells: Sequence[segments.Cell]) -> list[tuple[int, list[Field]]]:
    """The heat map by rows, recent buyers first; from 25 cells."""
    most = max((cell.buyers for cell in cells), default=0)
    fields = [
        Field(
            r=cell.r,
            f=cell.f,
            buyers=cell.buyers,
            spend=rough(cell.spend_minor),
            shade=shade(cell.buyers, most),
        )
        for cell in cells
    ]
    return [(r, [field for field in fields if field.r == r]) for r in range(5, 0, -1)]


def shade(number: int, most: int) -> int:
    """0 for none, else 1 to 6; by the root, because one field often holds half of all."""
    if not number or not most:
        return 0
    return max(1, round(SHADES * math.sqrt(number / most)))


def named_rows(counts: Mapping[str, int]) -> list[Named]:
    total = sum(counts.values()) or 1
    return [
        Named(
            key=key,
            label=rfm_label(key),
            advice=gettext(ADVICE[key]),
            buyers=counts.get(key, 0),
            share=counts.get(key, 0) / total,
        )
        for key in segments.RFM_NAMES
    ]


def matrix_rows(matrix: segments.Matrix) -> list[Row]:
    """Names then by names now; the last row is of those who had not bought yet."""
    before = matrix.before()
    rows = []
    for old in (*segments.RFM_NAMES, segments.NOT_YET):
        counts = [matrix.counts.get((old, new), 0) for new in segments.RFM_NAMES]
        most = max(counts, default=0)
        rows.append(
            Row(
                key=old,
                label=rfm_label(old),
                total=before.get(old, 0),
                cells=tuple(
                    (rfm_label(new), number, shade(number, most), new == old)
                    for new, number in zip(segments.RFM_NAMES, counts, strict=True)
                ),
            )
        )
    return [row for row in rows if row.total]


class PeriodForm(forms.Form):
    """Two days to compare; each counts to its end."""

    since = forms.DateField(label=_("From"), widget=AdminDateInput)
    until = forms.DateField(label=_("To"), widget=AdminDateInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since >= until:
            self.add_error("until", gettext("Choose a day after the first one."))
        return data

    def moments(self) -> tuple[datetime, datetime]:
        ends = (self.cleaned_data["since"], self.cleaned_data["until"])
        since, until = (timezone.make_aware(datetime.combine(one, time.max)) for one in ends)
        return since, until


class RfmView(Guarded, Exports, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_NUMBERS
    exports = "rfm"
    page_title = _("RFM")
    header_icon = "clm-pulse"
    template_name = "clm_plugin/console/rfm.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("RFM")}]

    def export_rows(self) -> QuerySet[RfmScore]:
        return RfmScore.objects.filter(profile__merged_into__isnull=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cells, names = segments.heat_map(), segments.name_counts()
        buyers = sum(cell.buyers for cell in cells)
        now = clock.now()
        asked = "since" in self.request.GET
        today = timezone.localdate(now)
        form = PeriodForm(self.request.GET if asked else {"since": today - BACK, "until": today})
        context: dict[str, Any] = {
            "buyers": buyers,
            "sees_people": may(self.request, SEE_PEOPLE),
            "sees_segments": may(self.request, *SEE_SEGMENTS),
            "rows": heat_rows(cells),
            "names": named_rows(names),
            "quantiles": buyers >= segments.ENOUGH_BUYERS,
            "enough": segments.ENOUGH_BUYERS,
            "cut_offs": cut_offs(),
            "form": form,
            "asked": asked,
            "micro": micro_rows(),
            "personas": personas(),
        }
        if buyers and form.is_valid() and (asked or buyers <= AT_ONCE):
            context |= compare(*form.moments())
        return super().get_context_data(**context, **kwargs)


def compare(since: datetime, until: datetime) -> dict[str, Any]:
    """The matrix of two days with its summary; ``late`` when the database takes too long."""
    try:
        with patience(SECONDS):
            matrix = segments.transitions(since, until)
    except Impatient:
        return {"late": True}
    told: Summary = summary(matrix)
    return {
        "matrix": matrix_rows(matrix),
        "columns": [rfm_label(key) for key in segments.RFM_NAMES],
        "summary": told,
        "since": since,
        "until": until,
    }


def micro_rows() -> list[dict[str, Any]]:
    """Categories with the buyers who spend most on them; names from the shop in one call."""
    found = segments.micro_counts()
    if not found:
        return []
    try:
        names = {key: one.name for key, one in get_shop().categories().items()}
    except ShopError:  # the screen must open even when the shop's adapter does not
        names = {}
    return [{"micro": one, "label": names.get(one.category_id, one.category_id)} for one in found]


def personas() -> list[Any]:
    """Live segments that are personas, with their members now."""
    return [size for size in sizes().values() if size.persona]


class RfmViewSet(GuardedViewSet):
    name = "clm_rfm"
    url_prefix = "lifecycle/rfm"
    permission = SEE_NUMBERS
    icon = "clm-pulse"
    menu_label = _("RFM")
    menu_name = "clm-rfm"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", RfmView.as_view(), name="index"),
            path("people/", RfmPeopleView.as_view(), name="people"),
            path(
                "people/results/", RfmPeopleView.as_view(results_only=True), name="people_results"
            ),
        ]
