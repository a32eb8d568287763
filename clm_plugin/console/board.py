"""The board: the whole lifecycle as one picture."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.attribution.api import spend_channels
from clm_plugin.campaigns.api import live_plans, plan_version
from clm_plugin.conf import settings
from clm_plugin.console.board_benchmarks import BenchmarksView
from clm_plugin.console.board_parts import Board, Read, build_board
from clm_plugin.console.board_people import People
from clm_plugin.console.board_period import PRESETS, Chosen, choose
from clm_plugin.console.board_picture import lay_out
from clm_plugin.console.board_touch import Live, Touchpoints, lay_over
from clm_plugin.console.guard import (
    EDIT_BENCHMARKS,
    SEE_CAMPAIGNS,
    SEE_NUMBERS,
    SEE_PEOPLE,
    Guarded,
    GuardedViewSet,
    may,
)
from clm_plugin.insights import api as insights
from clm_plugin.insights.api import CampaignNumbers
from clm_plugin.lifecycle.api import current_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from clm_plugin.insights.api import Sums
    from clm_plugin.lifecycle.api import Model

WINDOW = timedelta(days=30)
"""What screens beside the board look back on."""
STALE = timedelta(minutes=30)
"""Age of the counters from which the board warns that nobody counts."""


def read_board(chosen: Chosen, people: People) -> Board:
    """The board of a period; a fixed number of queries, all of them over counters."""
    period, model = chosen.period, current_model()
    now, before = insights.sums_of(period, period.previous)
    numbers = insights.campaign_numbers(period)
    return build_board(
        Read(
            model=model,
            now=now,
            before=before,
            heads=insights.daily_heads(period),
            earned=insights.earned(),
            marks=insights.marks(),
            flags=insights.flag_counts(),
            numbers=numbers,
            touch=_touchpoints(model, now, numbers, chosen, people),
            currency=settings.CURRENCY,
        ),
        people,
    )


def _touchpoints(
    model: Model,
    now: Sums,
    numbers: Mapping[str, CampaignNumbers],
    chosen: Chosen,
    people: People,
) -> Touchpoints:
    """Live campaigns and paid channels; four queries."""
    from clm_plugin.campaigns.models import Campaign

    keys = dict(Campaign.objects.filter(live=True).order_by().values_list("key", "pk"))
    live = [
        Live(
            plan=plan,
            url=reverse("clm_campaigns:numbers", args=(keys[plan.campaign],)),
            numbers=numbers.get(plan.campaign, CampaignNumbers(campaign=plan.campaign)),
            people_url=people.did("contacted", campaign=plan.campaign),
        )
        for plan in live_plans(plan_version())
        if plan.campaign in keys
    ]
    spend = spend_channels(chosen.period.since, chosen.period.until, currency=settings.CURRENCY)
    return lay_over(live, model.stages, now.after, spend, settings.CURRENCY)


class BoardView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_NUMBERS
    page_title = _("Lifecycle board")
    header_icon = "clm-lifecycle"
    template_name = "clm_plugin/console/board.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = board_context(self.request)
        return super().get_context_data(**context, **kwargs)


def board_context(request: HttpRequest) -> dict[str, Any]:
    """What the page and the picture show alike."""
    now = clock.now()
    today = insights.local_day(now)
    chosen = choose(request.GET, today)
    people = People(chosen, allowed=may(request, SEE_PEOPLE))
    counted = insights.tallied()
    return {
        "board": read_board(chosen, people),
        "chosen": chosen,
        "presets": PRESETS,
        "today": today,
        "counted": counted,
        "anybody": insights.anybody(),
        "stale": _is_stale(counted.at if counted else None, now),
        "currency": settings.CURRENCY,
        "people": people,
        "sees_campaigns": may(request, *SEE_CAMPAIGNS),
        "edits_benchmarks": may(request, EDIT_BENCHMARKS),
    }


def _is_stale(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at > STALE


class BoardPictureView(Guarded, TemplateView):
    """The board as one file: an SVG that stands alone, made on the server."""

    permission = SEE_NUMBERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = board_context(request)
        context["picture"] = lay_out(context["board"])
        text = render_to_string("clm_plugin/console/board_picture.svg", context)
        day = context["chosen"].period.until.isoformat()
        return HttpResponse(
            text,
            content_type="image/svg+xml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="lifecycle-{day}.svg"'},
        )


class BoardViewSet(GuardedViewSet):
    name = "clm_board"
    url_prefix = "lifecycle/board"
    permission = SEE_NUMBERS
    icon = "clm-lifecycle"
    menu_label = _("Board")
    menu_name = "clm-board"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BoardView.as_view(), name="index"),
            path("picture.svg", BoardPictureView.as_view(), name="picture"),
            path("benchmarks/", BenchmarksView.as_view(), name="benchmarks"),
        ]
