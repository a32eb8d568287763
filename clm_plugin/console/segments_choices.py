"""Lists for the rule builder that other floors keep, and names for what rules hold as keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from clm_plugin.profiles.models import LifeEventKind, TraitDefinition
from clm_plugin.segments import api as segments
from clm_plugin.segments.api import Group
from clm_plugin.surveys.api import survey_names

if TYPE_CHECKING:
    from clm_plugin.segments.api import Condition, Labels


def traits() -> list[tuple[str, Any]]:
    """Built-in and declared traits; one query."""
    declared = TraitDefinition.objects.values_list("key", "label")
    return [*_built_in(), *((key, label or key) for key, label in declared)]


def _built_in() -> list[tuple[str, str]]:
    return [
        ("email", _("E-mail address")),
        ("first_name", _("First name")),
        ("phone", _("Phone number")),
        ("time_zone", _("Time zone")),
        ("language", _("Language")),
        ("country", _("Country")),
    ]


def trait_kinds() -> list[tuple[str, Any]]:
    return list(TraitDefinition.objects.values_list("key", "kind"))


def life_events() -> list[tuple[str, Any]]:
    return list(LifeEventKind.objects.values_list("key", "label"))


def surveys() -> list[tuple[str, Any]]:
    return sorted(survey_names().items(), key=lambda pair: pair[1].casefold())


def labels_for(*groups: Group | Condition | None) -> Labels:
    """Names for every key and id in the rules; at most a query a kind of thing, one shop call."""
    asked = [group for group in groups if group is not None]
    found = segments.labels_for(asked)
    kinds = {
        condition.kind
        for one in asked
        for condition in (one.conditions() if isinstance(one, Group) else (one,))
    }
    return replace(
        found,
        traits={**dict(_built_in()), **found.traits} if "trait" in kinds else {},
        surveys=dict(survey_names()) if "survey" in kinds else {},
    )
