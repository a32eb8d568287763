"""The benchmarks that the board holds its drop-offs against, edited in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.guard import EDIT_BENCHMARKS, Guarded
from clm_plugin.insights.api import goes_on, marks, set_mark
from clm_plugin.lifecycle.api import current_model, label_in

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.insights.api import Mark
    from clm_plugin.lifecycle.api import Stage


class BenchmarkForm(forms.Form):
    """One stage: per cent of those who leave it that go on, and whose figure that is."""

    percent = forms.FloatField(
        required=False, min_value=0, max_value=100, label=gettext_lazy("Go on (%)")
    )
    source = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("Whose figure it is")
    )


class BenchmarksView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = EDIT_BENCHMARKS
    page_title = gettext_lazy("Benchmarks")
    header_icon = "clm-pulse"
    template_name = "clm_plugin/console/board_benchmarks.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_board:index"), "label": _("Lifecycle board")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rows", self._rows(None))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = self._rows(request.POST)
        if not all(form.is_valid() for _stage, _label, form, _mark in rows):
            messages.error(request, _("Nothing was saved: see the marked fields."))
            return self.render_to_response(self.get_context_data(rows=rows))
        now = clock.now()
        for stage, _label, form, _mark in rows:
            if form.has_changed():
                percent = form.cleaned_data["percent"]
                mark = set_mark(
                    stage.key,
                    share=None if percent is None else percent / 100,
                    source=form.cleaned_data["source"],
                    now=now,
                )
                log(instance=mark, action="wagtail.edit", user=request.user)
        messages.success(request, _("The benchmarks are saved."))
        return redirect("clm_board:index")

    def _rows(self, data: Any) -> list[tuple[Stage, str, BenchmarkForm, Mark | None]]:
        model, known = current_model(), marks()
        return [
            (
                stage,
                label_in(model, stage.label),
                BenchmarkForm(data, prefix=stage.key, initial=_initial(known.get(stage.key))),
                known.get(stage.key),
            )
            for stage in model.stages
            if any(goes_on(stage, other) for other in model.stages if other is not stage)
            and stage is not model.stages[-1]
        ]


def _initial(mark: Mark | None) -> dict[str, Any]:
    if mark is None:
        return {}
    return {
        "percent": f"{mark.share * 100:.3g}",
        "source": mark.source if mark.own else _(mark.source),
    }
