"""Rows that Wagtail's migrations make and that a database built without migrations lacks.

They are made again after each flush: a live-server or transactional test empties every table.
Django sends ``post_migrate`` in both cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models.signals import post_migrate

if TYPE_CHECKING:
    from django.apps import AppConfig


def keep_baseline() -> None:
    """Makes the rows whenever a database was just built or flushed."""
    # The last app's turn: by then all tables, content types and permissions are there.
    # Apps without models get none.
    *_, last = (app for app in apps.get_app_configs() if app.models_module is not None)
    post_migrate.connect(_make_rows, sender=last, dispatch_uid="tests.baseline")


def _make_rows(*, sender: AppConfig, using: str, **kwargs: Any) -> None:
    from wagtail.models import Collection, Locale, Page, Site

    if Page.objects.using(using).exists():
        return  # migrations made them
    locale, _ = Locale.objects.get_or_create(language_code="en")
    root = Page.add_root(title="Root", slug="root", locale=locale)
    home = root.add_child(title="Home", slug="home", locale=locale)
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    _make_admin_groups()


def _make_admin_groups() -> None:
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType

    admin, _ = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    access, _ = Permission.objects.get_or_create(
        content_type=admin,
        codename="access_admin",
        defaults={"name": "Can access Wagtail admin"},
    )
    for name in ("Moderators", "Editors"):
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(access)
