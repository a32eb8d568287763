"""The lifecycle at a glance, on Wagtail's own home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Media
from wagtail.admin.ui.components import Component

from clm_plugin import clock
from clm_plugin.console.board_period import USUAL
from clm_plugin.console.guard import SEE_NUMBERS, SEE_PEOPLE, may
from clm_plugin.insights.api import last_days, local_day, stage_figures, sums_of, tallied
from clm_plugin.lifecycle.api import current_model, label_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class LifecyclePanel(Component):
    """Head-count and trend of each stage, from the board's counters."""

    name = "clm_lifecycle"
    template_name = "clm_plugin/console/home_panel.html"
    order = 50

    def __init__(self, *, sees_people: bool) -> None:
        self.sees_people = sees_people

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        model = current_model()
        (sums,) = sums_of(last_days(USUAL, local_day(clock.now())))
        figures = stage_figures(sums, [stage.key for stage in model.stages])
        return {
            "sees_people": self.sees_people,
            "stages": [
                (stage, label_in(model, stage.label), figure)
                for stage, figure in zip(model.stages, figures, strict=True)
            ],
            "total": sum(figure.now for figure in figures),
            "days": USUAL,
            "counted": tallied(),
        }

    @property
    def media(self) -> Media:
        return Media(
            css={"all": ["clm_plugin/console/console.css", "clm_plugin/console/pages.css"]}
        )


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """For Wagtail's ``construct_homepage_panels``; only for who may see numbers."""
    if may(request, SEE_NUMBERS):
        panels.append(LifecyclePanel(sees_people=may(request, SEE_PEOPLE)))
