"""What may be done, by name, and which role may do it. Pure: console, REST and groups read it here.

A role is a Django group that ``clm_install`` makes once; from then on it is the shop's to edit.
"""

from __future__ import annotations

from dataclasses import dataclass


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


_AUTHORED = ("campaign", "lifecyclemodel", "offer", "programme", "segment", "survey")


def _all(*actions: str) -> tuple[str, ...]:
    return tuple(f"{action}_{model}" for model in _AUTHORED for action in actions)


_NUMBERS = (
    "view_numbers",
    *_all("view"),
    "view_receipt",
    "view_heartbeat",
    "view_ledgerproof",
    "view_benchmark",
    "view_traitdefinition",
    "view_lifeeventkind",
)
_PEOPLE = ("view_profile",)
_AUTHORING = (
    *_all("add", "change"),
    "add_traitdefinition",
    "change_traitdefinition",
    "add_lifeeventkind",
    "change_lifeeventkind",
    "view_import",
    "add_import",
    "view_offercode",
)
_CREDIT = ("view_account", "add_grantrequest")
"""A customer's store credit, and giving it by hand."""
_MANAGING = (
    *_all("delete", "publish", "lock", "unlock"),
    *_CREDIT,
    "delete_traitdefinition",
    "delete_lifeeventkind",
    "change_benchmark",
    "change_profile",
    "view_sensitive_profile",
    "export_person",
    "export_list",
    "erase_person",
    "view_erasure",
    "change_erasure",
    "view_writekey",
    "add_writekey",
    "change_writekey",
    "view_deadletter",
    "change_deadletter",
    "add_codebatch",
    "change_offercode",
    "add_offergrant",
    "add_event",
    "change_grantrequest",
    "reverse_credit",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: its key, the name of its group, and the codenames of its permissions."""

    key: str
    name: str
    may: tuple[str, ...]


ROLES: tuple[Role, ...] = (
    Role(key="analyst", name=gettext_noop("Lifecycle: analyst"), may=_NUMBERS),
    Role(
        key="marketer",
        name=gettext_noop("Lifecycle: marketer"),
        may=(*_NUMBERS, *_PEOPLE, *_AUTHORING),
    ),
    Role(
        key="manager",
        name=gettext_noop("Lifecycle: manager"),
        may=(*_NUMBERS, *_PEOPLE, *_AUTHORING, *_MANAGING),
    ),
    Role(
        key="support",
        name=gettext_noop("Lifecycle: support"),
        may=(
            *_PEOPLE,
            *_CREDIT,
            "view_receipt",
            "change_consent",
            "export_person",
            "view_erasure",
            "view_offercode",
            "add_offergrant",
        ),
    ),
)
"""Analyst: numbers, no people. Marketer: writes drafts and sees people. Manager: publishes, merges,
exports, erases, keys. Support: one customer at a time."""

_SERVICES = ("add_transaction", "add_redemption")
"""For the users of services that move money by the REST API; people do it in the console."""

GRANTABLE: tuple[str, ...] = tuple(
    sorted(
        {*_SERVICES}
        | {
            code
            for role in ROLES
            for code in role.may
            if not code.endswith(tuple(f"_{model}" for model in _AUTHORED))
        }
    )
)
"""Permissions beside those of authored things, for Wagtail's group page."""
