"""Roles as Django groups: made once, with their permissions, and then the shop's to edit."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.snippets.models import create_extra_permissions

from clm_plugin.permissions import ROLES


def install_roles() -> list[str]:
    """Make the groups that are missing; one that is there stays as it is. Returns the new names.

    Each also gets into Wagtail's admin. Needs the permissions that ``migrate`` makes.
    """
    made = []
    # Those of drafts (publish, lock) are made by Wagtail for what its admin knows by then.
    reverse("wagtailadmin_home")
    create_extra_permissions(apps.get_app_config("clm_plugin"))
    ours = {p.codename: p for p in Permission.objects.filter(content_type__app_label="clm_plugin")}
    admin = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    for role in ROLES:
        group, is_new = Group.objects.get_or_create(name=str(_(role.name)))
        if is_new:
            group.permissions.set([*(ours[code] for code in role.may if code in ours), *admin])
            made.append(group.name)
    return made
