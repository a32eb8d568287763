"""Who may see a screen: plain ViewSets are open to every editor unless we say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

SEE_PEOPLE = "clm_plugin.view_profile"
CHANGE_PEOPLE = "clm_plugin.change_profile"
SEE_SENSITIVE = "clm_plugin.view_sensitive_profile"
SEE_RECEIPTS = "clm_plugin.view_receipt"
SEE_DEAD_LETTERS = "clm_plugin.view_deadletter"
REPLAY_DEAD_LETTERS = "clm_plugin.change_deadletter"
SEE_HEALTH = "clm_plugin.view_heartbeat"
SEE_WRITE_KEYS = "clm_plugin.view_writekey"
MAKE_WRITE_KEYS = "clm_plugin.add_writekey"
REVOKE_WRITE_KEYS = "clm_plugin.change_writekey"
SEE_PRIVACY = "clm_plugin.view_erasure"
RELEASE_MAILS = "clm_plugin.change_erasure"
EXPORT_PEOPLE = "clm_plugin.export_person"
ERASE_PEOPLE = "clm_plugin.erase_person"
EDIT_BENCHMARKS = "clm_plugin.change_benchmark"
SEE_IMPORTS = "clm_plugin.view_import"
IMPORT_FILES = "clm_plugin.add_import"
EXPORT_LISTS = "clm_plugin.export_list"
SEE_NUMBERS = "clm_plugin.view_numbers"
SEE_BOOKS = "clm_plugin.view_ledgerproof"
SEE_CREDIT = "clm_plugin.view_account"
GIVE_CREDIT = "clm_plugin.add_grantrequest"
APPROVE_CREDIT = "clm_plugin.change_grantrequest"
REVERSE_CREDIT = "clm_plugin.reverse_credit"
SEE_CAMPAIGNS = tuple(
    f"clm_plugin.{action}_campaign" for action in ("view", "change", "add", "publish", "delete")
)
SEE_SEGMENTS = tuple(
    f"clm_plugin.{action}_segment" for action in ("view", "change", "add", "publish", "delete")
)
EDIT_SEGMENTS = ("clm_plugin.change_segment", "clm_plugin.add_segment")
SEE_MODELS = tuple(
    f"clm_plugin.{action}_lifecyclemodel"
    for action in ("view", "change", "add", "publish", "delete")
)
ADD_MODELS = "clm_plugin.add_lifecyclemodel"
PUBLISH_MODELS = "clm_plugin.publish_lifecyclemodel"
SEE_SURVEYS = tuple(
    f"clm_plugin.{action}_survey" for action in ("view", "change", "add", "publish", "delete")
)
SEE_OFFERS = tuple(
    f"clm_plugin.{action}_offer" for action in ("view", "change", "add", "publish", "delete")
)
SEE_PROGRAMMES = tuple(
    f"clm_plugin.{action}_programme" for action in ("view", "change", "add", "publish", "delete")
)
EDIT_PROGRAMMES = ("clm_plugin.change_programme", "clm_plugin.add_programme")
SEE_CODES = "clm_plugin.view_offercode"
MAKE_CODES = "clm_plugin.add_codebatch"
REVOKE_CODES = "clm_plugin.change_offercode"
GIVE_OFFERS = "clm_plugin.add_offergrant"
GRANTABLE = tuple(
    code.removeprefix("clm_plugin.")
    for code in (
        SEE_PEOPLE,
        CHANGE_PEOPLE,
        SEE_SENSITIVE,
        SEE_RECEIPTS,
        SEE_DEAD_LETTERS,
        REPLAY_DEAD_LETTERS,
        SEE_HEALTH,
        SEE_PRIVACY,
        RELEASE_MAILS,
        EXPORT_PEOPLE,
        ERASE_PEOPLE,
        EDIT_BENCHMARKS,
        SEE_IMPORTS,
        IMPORT_FILES,
        EXPORT_LISTS,
        SEE_NUMBERS,
        SEE_BOOKS,
        SEE_CREDIT,
        GIVE_CREDIT,
        APPROVE_CREDIT,
        REVERSE_CREDIT,
        SEE_WRITE_KEYS,
        MAKE_WRITE_KEYS,
        REVOKE_WRITE_KEYS,
        SEE_CODES,
        MAKE_CODES,
        REVOKE_CODES,
        GIVE_OFFERS,
    )
)
"""Permissions that a group can be given on Wagtail's group page."""


def may(request: HttpRequest, *permissions: str) -> bool:
    """Whether the user has at least one of these permissions."""
    return any(request.user.has_perm(permission) for permission in permissions)


class Guarded:
    """Mixin of views: refuses users without ``permission`` (one, or any of several)."""

    permission: str | tuple[str, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission
        if not may(request, *wanted):
            raise PermissionDenied
        view: Any = super()  # of the class this is mixed into
        response: HttpResponseBase = view.dispatch(request, *args, **kwargs)
        return response


class GuardedViewSet(ViewSet):
    """A ViewSet whose menu item is shown only to who may open its screen."""

    permission: str | tuple[str, ...] = ""
    """One, or any of several."""

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission

        class GuardedMenuItem(MenuItem):
            def is_shown(self, request: HttpRequest) -> bool:
                return may(request, *wanted)

        return GuardedMenuItem
