"""The list of segments with their sizes, and the editor of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    PreviewOnCreateView,
    PreviewOnEditView,
    SnippetViewSet,
    UnpublishView,
)

from clm_plugin import clock
from clm_plugin.console.campaigns import status_of
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.segments_list import UploadView
from clm_plugin.console.segments_page import ByKeyView, MembersView, RemoveView, SegmentView
from clm_plugin.console.segments_pick import PickView
from clm_plugin.console.segments_ready import ReadyView
from clm_plugin.console.segments_sizes import sizes
from clm_plugin.console.segments_used import used_by
from clm_plugin.console.wording import whole
from clm_plugin.insights import api as insights
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

WEEK = timedelta(days=7)
SPARK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How a segment changed: net of the last week, and its size day by day as SVG points."""

    change: int
    points: str = ""


def trends(now: datetime, sizes: Mapping[str, int]) -> dict[str, Trend]:
    """The trend of every segment; one query, over the counters of 30 days."""
    today = insights.local_day(now)
    days = [today - timedelta(days=n) for n in reversed(range(SPARK.days))]
    moves = insights.segment_flows(days[0], today)
    week = set(days[-WEEK.days :])
    return {
        key: Trend(
            change=sum(number for day, number in by_day.items() if day in week),
            points=spark([by_day.get(day, 0) for day in days], sizes.get(key, 0)),
        )
        for key, by_day in moves.items()
    }


def spark(changes: Sequence[int], last: int, *, width: int = 96, height: int = 24) -> str:
    """Points of a polyline that ends at ``last`` members; empty for a line that never moved."""
    values = [last]
    for change in reversed(changes[1:]):
        values.append(max(values[-1] - change, 0))
    values.reverse()
    low, high = min(values), max(values)
    if low == high:
        return ""
    step = width / (len(values) - 1)
    scale = (height - 4) / (high - low)
    return " ".join(
        f"{n * step:.1f},{height - 2 - (value - low) * scale:.1f}" for n, value in enumerate(values)
    )


class TrendColumn(Column):
    cell_template_name = "clm_plugin/console/cells/segment_trend.html"


class NameColumn(TitleColumn):
    """The name, which leads to the people once there are some, and what the segment is for."""

    cell_template_name = "clm_plugin/console/cells/segment_name.html"

    def get_link_url(self, instance: Segment, parent_context: Any) -> str | None:
        if instance.live:
            return page_url(instance)
        url: str | None = super().get_link_url(instance, parent_context)
        return url


class SegmentIndexView(IndexView):
    """Five queries more for all numbers of the page, however many segments there are."""

    template_name = "clm_plugin/console/segments.html"

    def get_base_queryset(self) -> QuerySet[Segment]:
        rows: QuerySet[Segment] = super().get_base_queryset()
        of = {
            "base_content_type": ContentType.objects.get_for_model(Segment),
            "object_id": Cast(OuterRef("pk"), CharField()),
        }
        running = WorkflowState.STATUS_IN_PROGRESS
        return rows.annotate(
            is_scheduled=Exists(Revision.objects.filter(approved_go_live_at__isnull=False, **of)),
            is_in_workflow=Exists(WorkflowState.objects.filter(status=running, **of)),
        ).select_related("latest_revision")

    @cached_property
    def sizes(self) -> dict[str, segments.Size]:
        return sizes()

    @cached_property
    def broken(self) -> dict[str, str]:
        return segments.broken_segments()

    @cached_property
    def trends(self) -> dict[str, Trend]:
        return trends(clock.now(), {key: size.members for key, size in self.sizes.items()})

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("__str__", NameColumn),
            FigureColumn("members", label=_("Members now"), classname="clm-number",
                         accessor=self._members),
            TrendColumn("trend", label=_("In 7 days"), accessor=self._trend),
            Column("kind", label=_("Who is in"), accessor="get_kind_display"),
            StatusTagColumn("status", label=_("Status"), accessor=self._status, sort_key="live",
                            primary=lambda segment: segment.live),
        ]  # fmt: skip

    def _status(self, segment: Segment) -> str:
        if segment.live and segment.key in self.broken:
            return gettext("broken: publish it again")
        return status_of(segment)

    def _members(self, segment: Segment) -> str:
        size = self.sizes.get(segment.key)
        if size is None:
            return "–"
        if size.progress < 1:
            return f"{whole(size.members)} … {round(size.progress * 100)} %"
        return whole(size.members)

    def _trend(self, segment: Segment) -> Trend | None:
        return self.trends.get(segment.key, Trend(change=0)) if segment.key in self.sizes else None

    def get_list_more_buttons(self, instance: Segment) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(_("People"), url=page_url(instance), icon_name="group", priority=5),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [
            *super().header_more_buttons,
            Button(_("Ready-made segments"), url=reverse("clm_segments:ready"), icon_name="copy",
                   priority=60),
        ]  # fmt: skip


class SegmentCreateView(CreateView):
    template_name = "clm_plugin/console/segment_create.html"


class SegmentEditView(EditView):
    template_name = "clm_plugin/console/segment_edit.html"

    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("People"), url=page_url(self.object), icon_name="group", priority=5
            ),
        ]


class SegmentUnpublishView(UnpublishView):
    template_name = "clm_plugin/console/segment_unpublish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "used": used_by(self.object.key)}


class _Unnamed:
    """Mixin of previews: who is in can be counted while the key is missing, or taken."""

    def validate_form(self, form: Any) -> bool:
        form.fields.pop("key", None)
        view: Any = super()
        return bool(view.validate_form(form))


class SegmentPreviewOnCreate(_Unnamed, PreviewOnCreateView):
    pass


class SegmentPreviewOnEdit(_Unnamed, PreviewOnEditView):
    pass


def page_url(segment: Segment) -> str:
    return reverse("clm_segments:people", args=(quote(segment.pk),))


class SegmentViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_segments"
    model = Segment
    icon = "group"
    menu_label = _("Segments")
    menu_name = "clm-segments"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/segments"
    index_view_class = SegmentIndexView
    add_view_class = SegmentCreateView
    edit_view_class = SegmentEditView
    unpublish_view_class = SegmentUnpublishView
    preview_on_add_view_class = SegmentPreviewOnCreate
    preview_on_edit_view_class = SegmentPreviewOnEdit
    index_template_name = "clm_plugin/console/segments.html"
    index_results_template_name = "clm_plugin/console/segments_results.html"
    create_template_name = "clm_plugin/console/segment_create.html"
    edit_template_name = "clm_plugin/console/segment_edit.html"
    search_fields = ["name", "key", "description"]
    search_backend_name = None
    list_filter = ["kind", "persona", "live"]
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("pick/<slug:kind>/", PickView.as_view(), name="pick"),
            path("ready/", ReadyView.as_view(), name="ready"),
            path("key/<slug:key>/", ByKeyView.as_view(), name="by_key"),
            path("people/<int:pk>/", SegmentView.as_view(), name="people"),
            path("members/<int:pk>/", MembersView.as_view(), name="members"),
            path(
                "members/<int:pk>/results/", MembersView.as_view(results_only=True),
                name="members_results",
            ),
            path("upload/<int:pk>/", UploadView.as_view(), name="upload"),
            path("remove/<int:pk>/", RemoveView.as_view(), name="remove"),
        ]  # fmt: skip
