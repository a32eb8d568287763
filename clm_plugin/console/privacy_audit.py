"""Wagtail's audit log and people: who exported or erased somebody, and never who that was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from clm_plugin.profiles.api import Person

EXPORTED, ERASED = "clm_plugin.export", "clm_plugin.erase"


def note(action: str, profile: Profile, *, user: AbstractBaseUser | AnonymousUser) -> None:
    """Write down what was done, under the profile's number: its name would be personal data."""
    log(profile, action, user=user, title=_title(profile.pk))


def scrub(*, person: Person, **_: Any) -> None:
    """Take the name of somebody who is erased out of entries that others wrote about her."""
    kind = ContentType.objects.get_for_model(Profile)
    for pk in person.profile_ids:
        ModelLogEntry.objects.filter(content_type=kind, object_id=str(pk)).update(
            label=_title(pk), data={}
        )


def _title(pk: int) -> str:
    return f"Profile {pk}"
