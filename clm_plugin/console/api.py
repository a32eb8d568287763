"""The door of the console: what Wagtail's hooks and the template filters need.

Light to import, for every process that renders a template comes through here; screens load on use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.console.guard import GRANTABLE
from clm_plugin.console.wording import day, hour, moment, money, percent, whole

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.admin.ui.components import Component
    from wagtail.admin.viewsets.base import ViewSetGroup

__all__ = [
    "GRANTABLE",
    "add_home_panel",
    "day",
    "hour",
    "lifecycle_group",
    "moment",
    "money",
    "percent",
    "whole",
]


def lifecycle_group() -> ViewSetGroup:
    """The group "Lifecycle" with all screens, for Wagtail to register."""
    from clm_plugin.console.group import LifecycleGroup

    return LifecycleGroup()


def add_home_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Put the lifecycle at a glance on Wagtail's home page, for who may see people."""
    from clm_plugin.console.home import add_panel

    add_panel(request, panels)
