"""The door of the console: what Wagtail's hooks and the template filters need.

Light to import, for every process that renders a template comes through here; screens load on use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.console.guard import GRANTABLE
from clm_plugin.console.wording import day, hour, moment, money, percent, stage_tone, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from wagtail.admin.ui.components import Component
    from wagtail.admin.viewsets.base import ViewSetGroup

    from clm_plugin.lifecycle.authoring import LifecycleModel
    from clm_plugin.profiles.api import Person
    from clm_plugin.segments.authoring import Segment
    from clm_plugin.wallet.authoring import Programme

__all__ = [
    "GRANTABLE",
    "add_home_panel",
    "day",
    "hour",
    "lifecycle_group",
    "moment",
    "money",
    "percent",
    "preview_lifecycle",
    "preview_programme",
    "preview_segment",
    "scrub_audit",
    "segment_choices",
    "stage_tone",
    "whole",
]


def lifecycle_group() -> ViewSetGroup:
    """The group "Lifecycle" with all screens, for Wagtail to register."""
    from clm_plugin.console.group import LifecycleGroup

    return LifecycleGroup()


def scrub_audit(*, person: Person) -> None:
    """Take somebody who is erased out of Wagtail's audit log."""
    from clm_plugin.console.privacy_audit import scrub

    scrub(person=person)


def add_home_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the lifecycle at a glance on Wagtail's home page, for who may see people."""
    from clm_plugin.console.home import add_panel

    add_panel(request, panels)


def preview_segment(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The live count of a segment as it stands in the editor."""
    from clm_plugin.console.segments_preview import preview

    return preview(request, segment)


def preview_lifecycle(request: HttpRequest, model: LifecycleModel) -> HttpResponse:
    """A lifecycle model as a picture, as it stands in the editor."""
    from clm_plugin.console.lifecycle_models_preview import preview

    return preview(request, model)


def preview_programme(request: HttpRequest, programme: Programme) -> HttpResponse:
    """What publishing a programme would change, as it stands in the editor."""
    from clm_plugin.console.programmes_effects import preview

    return preview(request, programme)


def segment_choices() -> dict[str, Callable[[], list[tuple[str, Any]]]]:
    """The lists that the rule builder offers and other floors know."""

    def source(name: str) -> Callable[[], list[tuple[str, Any]]]:
        def read() -> list[tuple[str, Any]]:
            from clm_plugin.console import segments_choices

            found: list[tuple[str, Any]] = getattr(segments_choices, name)()
            return found

        return read

    return {name: source(name) for name in ("traits", "trait_kinds", "life_events", "surveys")}
