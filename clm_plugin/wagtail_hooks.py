"""Registers the console. Imported at every start of manage.py: no query, no ``reverse()`` here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail import hooks

from clm_plugin.console.guard import GRANTABLE
from clm_plugin.console.home import add_panel

if TYPE_CHECKING:
    from django.contrib.auth.models import Permission
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from wagtail.admin.ui.components import Component
    from wagtail.admin.viewsets.base import ViewSetGroup

_ICONS = ("basket", "lifecycle", "parcel", "popup", "pulse", "receipt")


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def register_console() -> ViewSetGroup:
    from clm_plugin.console.group import LifecycleGroup

    return LifecycleGroup()


@hooks.register("register_icons")  # type: ignore[untyped-decorator]
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, *(f"clm_plugin/console/icons/clm-{name}.svg" for name in _ICONS)]


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def register_permissions() -> QuerySet[Permission]:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="clm_plugin", codename__in=GRANTABLE)


@hooks.register("construct_homepage_panels")  # type: ignore[untyped-decorator]
def add_lifecycle_panel(request: HttpRequest, panels: list[Component]) -> None:
    add_panel(request, panels)
