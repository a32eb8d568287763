"""Registers the console. Imported at every start of manage.py: no query, no ``reverse()`` here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from clm_plugin.console.api import GRANTABLE, add_home_panel, lifecycle_group

if TYPE_CHECKING:
    from django.contrib.auth.models import Permission
    from django.db.models import QuerySet
    from wagtail.log_actions import LogActionRegistry

_ICONS = (
    "basket", "credit", "lifecycle", "parcel", "popup", "pulse", "receipt", "wallet",
)  # fmt: skip

hooks.register("register_admin_viewset", lifecycle_group)
hooks.register("construct_homepage_panels", add_home_panel)


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, *(f"clm_plugin/console/icons/clm-{name}.svg" for name in _ICONS)]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="clm_plugin", codename__in=GRANTABLE)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("clm_plugin.unmerge", _("Undo a merge"), _("Undid a merge"))
    actions.register_action("clm_plugin.revoke", _("Revoke"), _("Revoked"))
    actions.register_action("clm_plugin.make_codes", _("Make codes"), _("Made codes"))
    actions.register_action("clm_plugin.give_offer", _("Give"), _("Gave an offer"))
    actions.register_action("clm_plugin.take_back", _("Take back"), _("Took an offer back"))
    actions.register_action("clm_plugin.import", _("Import"), _("Read in a file"))
    actions.register_action("clm_plugin.export_list", _("Export"), _("Exported a list"))
    actions.register_action("clm_plugin.export", _("Export"), _("Exported the data of a person"))
    actions.register_action("clm_plugin.erase", _("Erase"), _("Erased a person"))
    actions.register_action("clm_plugin.give_credit", _("Give credit"), _("Gave or took credit"))
    actions.register_action("clm_plugin.ask_credit", _("Ask for credit"), _("Asked for approval"))
    actions.register_action("clm_plugin.approve_credit", _("Approve credit"), _("Approved credit"))
    actions.register_action("clm_plugin.refuse_credit", _("Refuse credit"), _("Refused credit"))
    actions.register_action("clm_plugin.reverse_credit", _("Reverse credit"), _("Reversed credit"))
