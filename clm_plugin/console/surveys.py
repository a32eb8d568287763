"""Surveys: the list with how many answered, the editor, and what one survey came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import SEE_PEOPLE, SEE_SURVEYS, Guarded, may
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.wording import stage_label, whole
from clm_plugin.segments.api import segment_names
from clm_plugin.surveys.api import answer_counts, given, results
from clm_plugin.surveys.models import Survey

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clm_plugin.profiles.models import TraitValue
    from clm_plugin.surveys.api import Group


class SurveyIndexView(IndexView):
    """One query more for the answers of all surveys."""

    def get_base_queryset(self) -> QuerySet[Survey]:
        rows: QuerySet[Survey] = super().get_base_queryset()
        return rows.select_related("latest_revision")

    @cached_property
    def answers(self) -> dict[str, int]:
        return answer_counts()

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("__str__"),
            LiveStatusTagColumn(),
            Column("question", label=_("Question")),
            Column("kind", label=_("Answered by"), accessor="get_kind_display"),
            FigureColumn(
                "answers",
                label=_("People who answered"),
                classname="clm-number",
                accessor=lambda survey: whole(self.answers.get(survey.key, 0)),
            ),
        ]

    def get_list_more_buttons(self, instance: Survey) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(_("Results"), url=results_url(instance), icon_name="clm-pulse", priority=5),
        ]


class SurveyEditView(EditView):
    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("Results"), url=results_url(self.object), icon_name="clm-pulse", priority=5
            ),
        ]


def results_url(survey: Survey) -> str:
    return reverse(SurveyViewSet.namespace + ":results", args=(quote(survey.pk),))


class SurveyResultsView(Guarded, Exports, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_SURVEYS
    exports = "survey_answers"
    header_icon = "clm-pulse"
    template_name = "clm_plugin/console/survey_results.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.survey: Survey = get_object_or_404(Survey, pk=kwargs["pk"])

    def export_rows(self) -> QuerySet[TraitValue]:
        return given(self.survey.key)

    def get_page_title(self) -> str:
        return str(_("Answers: %(name)s") % {"name": self.survey})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        names = SurveyViewSet.namespace
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{names}:list"), "label": _("Surveys")},
            {"url": reverse(f"{names}:edit", args=(quote(self.survey.pk),)), "label": self.survey},
            {"url": "", "label": _("Answers")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.survey.as_question()
        found = results(question)
        return super().get_context_data(
            survey=self.survey,
            question=question,
            results=found,
            widest=max((bar.share for bar in found.bars), default=0) or 1,
            stages=[(stage_label(group.key), told(group)) for group in found.stages],
            segments=_named(found.segments),
            sees_people=may(self.request, SEE_PEOPLE),
            **kwargs,
        )


def told(group: Group) -> dict[str, Any]:
    """Numbers of a group as its row shows them."""
    score = "–" if group.score is None else f"{group.score:+.0f}"
    return {"answers": group.answers, "score": score, "value": group.score}


def _named(groups: tuple[Group, ...]) -> list[tuple[str, dict[str, Any]]]:
    names = segment_names()
    return [(names.get(group.key, group.key), told(group)) for group in groups]


class SurveyViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_surveys"
    model = Survey
    icon = "help"
    menu_label = _("Surveys")
    menu_name = "clm-surveys"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/surveys"
    index_view_class = SurveyIndexView
    edit_view_class = SurveyEditView
    search_fields = ["name", "key", "question"]
    search_backend_name = None
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("results/<int:pk>/", SurveyResultsView.as_view(), name="results"),
        ]
