"""Who would move: a lifecycle model held against everybody, before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.campaigns.api import live_plans, plan_version, stages_of
from clm_plugin.console.customer import name_of
from clm_plugin.console.guard import PUBLISH_MODELS, SEE_MODELS, SEE_PEOPLE, Guarded, may
from clm_plugin.console.lifecycle_models_preview import yardsticks
from clm_plugin.lifecycle.api import (
    Shift,
    compile_model,
    current_model,
    forecast,
    label_in,
    stage_label,
)
from clm_plugin.lifecycle.models import LifecycleModel
from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponseBase

    from clm_plugin.campaigns.api import Plan
    from clm_plugin.lifecycle.api import Forecast, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """A running campaign that speaks of stages which the model does not have."""

    name: str
    key: str
    stages: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldShift:
    """People who would go from one stage to another, with names of some."""

    anchor: str
    source: str
    target: str
    people: int
    share: float
    """Of all who would move, 0 to 1."""
    examples: tuple[tuple[str, str], ...]
    """(name, address of the page); empty without the right to see people."""

    @property
    def width(self) -> float:
        return max(self.share * 100, 0.4)


def draft_of(authored: LifecycleModel) -> Model:
    """The model as it was last saved, published or not."""
    latest: Any = authored.get_latest_revision_as_object()
    return compile_model(latest)


def stranded_by(model: Model, plans: Iterable[Plan] | None = None) -> list[Stranded]:
    """The running campaigns for stages that people are in today and that the model leaves out."""
    gone = set(current_model().keys) - set(model.keys)
    if not gone:
        return []
    found = live_plans(plan_version()) if plans is None else plans
    hit = ((plan, sorted(stages_of(plan) & gone)) for plan in found)
    return [
        Stranded(
            name=plan.name, key=plan.campaign, stages=", ".join(stage_label(key) for key in keys)
        )
        for plan, keys in hit
        if keys
    ]


def moves_url(authored: LifecycleModel) -> str:
    return reverse("clm_lifecycle_models:moves", args=(quote(authored.pk),))


class MovesView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_MODELS
    header_icon = "clm-lifecycle"
    template_name = "clm_plugin/console/lifecycle_moves.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.authored: LifecycleModel = get_object_or_404(LifecycleModel, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return str(_("Who would move: %(name)s") % {"name": self.authored})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("clm_lifecycle_models:edit", args=(quote(self.authored.pk),))
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_lifecycle_models:list"), "label": _("Lifecycle models")},
            {"url": edit, "label": str(self.authored)},
            {"url": "", "label": _("Who would move")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        model = draft_of(self.authored)
        if not model.stages:
            return super().get_context_data(authored=self.authored, empty=True, **kwargs)
        found = forecast(model, now=clock.now())
        is_draft = not self.authored.live or self.authored.has_unpublished_changes
        return super().get_context_data(
            authored=self.authored,
            forecast=found,
            share=found.moving / found.people if found.people else 0.0,
            matrix=matrix(found, model),
            heads=[label_in(model, stage.label) for stage in model.stages],
            shifts=told_shifts(found, model, names=may(self.request, SEE_PEOPLE)),
            sees_people=may(self.request, SEE_PEOPLE),
            stranded=stranded_by(model),
            yardsticks=yardsticks(),
            may_publish=is_draft and may(self.request, PUBLISH_MODELS),
            is_draft=is_draft,
            edit_url=reverse("clm_lifecycle_models:edit", args=(quote(self.authored.pk),)),
            publish_url=reverse("clm_lifecycle_models:publish", args=(quote(self.authored.pk),)),
            **kwargs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    people: int
    stays: bool
    anchor: str


def matrix(found: Forecast, model: Model) -> list[tuple[str, list[Cell], int]]:
    """Rows (stage of today, a cell for each stage of the model, their sum)."""
    counts = {(shift.from_stage, shift.to_stage): shift.people for shift in found.shifts}
    sources = {shift.from_stage for shift in found.shifts}
    today = [key for key in current_model().keys if key in sources]
    rows = []
    for source in [*today, *sorted(sources - set(today))]:
        cells = [
            Cell(
                people=counts.get((source, key), 0),
                stays=source == key,
                anchor=anchor_of(source, key),
            )
            for key in model.keys
        ]
        rows.append((source_label(source), cells, sum(cell.people for cell in cells)))
    return rows


def told_shifts(found: Forecast, model: Model, *, names: bool) -> list[ToldShift]:
    """Who moves, the largest group first; one query for the names."""
    moving = sorted((s for s in found.shifts if s.moves), key=lambda shift: -shift.people)
    people = _names(moving) if names else {}
    return [
        ToldShift(
            anchor=anchor_of(shift.from_stage, shift.to_stage),
            source=source_label(shift.from_stage),
            target=_target_label(model, shift.to_stage),
            people=shift.people,
            share=shift.people / found.moving,
            examples=tuple(people[pid] for pid in shift.examples if pid in people),
        )
        for shift in moving
    ]


def _names(shifts: Iterable[Shift]) -> dict[int, tuple[str, str]]:
    ids = [pid for shift in shifts for pid in shift.examples]
    return {
        pid: (name_of(profile), reverse("clm_customers:customer", args=(pid,)))
        for pid, profile in Profile.objects.in_bulk(ids).items()
    }


def source_label(key: str) -> str:
    return stage_label(key) if key else gettext("No stage yet")


def _target_label(model: Model, key: str) -> str:
    stage = model.stage(key)
    return label_in(model, stage.label) if stage else key


def anchor_of(source: str, target: str) -> str:
    return f"move-{source or 'none'}-{target}"


class PublishView(Guarded, View):
    """Publishes what was last saved, from the screen that shows what it does. POST only."""

    permission = PUBLISH_MODELS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        authored = get_object_or_404(LifecycleModel, pk=pk)
        lock: Any = authored.get_lock()
        if lock and lock.for_user(request.user):
            raise PermissionDenied
        revision: Any = authored.latest_revision
        if revision is None:
            raise Http404
        problem = _problem(revision.as_object())
        if problem:
            messages.error(request, problem)
            return redirect("clm_lifecycle_models:edit", authored.pk)
        revision.publish(user=request.user)
        messages.success(
            request,
            gettext("“%(name)s” is in use. Everybody is being placed anew; the board follows.")
            % {"name": authored},
        )
        return redirect("clm_lifecycle_models:list")


def _problem(draft: LifecycleModel) -> str:
    """What the editor would refuse to publish, in words."""
    from django.core.exceptions import ValidationError

    try:
        draft.stages.stream_block.clean(draft.stages)
        draft.clean()
    except ValidationError:
        return gettext(
            "The draft is not complete yet. Choose “Publish” here to see what is missing."
        )
    return ""
