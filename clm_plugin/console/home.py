"""The lifecycle at a glance, on Wagtail's own home page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Media
from wagtail.admin.ui.components import Component

from clm_plugin import clock
from clm_plugin.console.board import LOSS, WINDOW
from clm_plugin.console.guard import SEE_PEOPLE, may
from clm_plugin.insights.api import stage_counts, stage_figures, stage_flows
from clm_plugin.lifecycle.api import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class LifecyclePanel(Component):
    """Head-count and trend of each stage; two queries."""

    name = "clm_lifecycle"
    template_name = "clm_plugin/console/home_panel.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        figures = stage_figures(
            stage_counts(),
            stage_flows(clock.now() - WINDOW),
            [stage.key for stage in DEFAULT_MODEL],
        )
        return {
            "stages": [
                (stage, figure, stage.key in LOSS)
                for stage, figure in zip(DEFAULT_MODEL, figures, strict=True)
            ],
            "total": sum(figure.now for figure in figures),
            "days": WINDOW.days,
        }

    @property
    def media(self) -> Media:
        return Media(css={"all": ["clm_plugin/console/console.css"]})


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """For Wagtail's ``construct_homepage_panels``; only for who may see people."""
    if may(request, SEE_PEOPLE):
        panels.append(LifecyclePanel())
