"""Lists for the rule builder that other floors keep, and names for what rules hold as keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from clm_plugin.lifecycle.api import stage_choices
from clm_plugin.profiles.models import LifeEventKind, TraitDefinition
from clm_plugin.segments.api import Group, Labels
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.surveys.api import survey_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.segments.api import Condition


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


def labels_for(group: Group | None) -> Labels:
    """Names for every key and id in the rules; at most a query a kind of thing, one shop call."""
    conditions = list(group.conditions()) if group is not None else []
    products = _ids(conditions, "products", "not_products")
    categories = _ids(conditions, "categories", "not_categories")
    segments = _ids(conditions, "segments")
    kinds = {condition.kind for condition in conditions}
    return Labels(
        stages=dict(stage_choices()) if "stage" in kinds else {},
        products=_products(products),
        categories=_categories(categories),
        segments=_segments(segments),
        traits={**dict(_named_traits(kinds))},
        surveys=dict(survey_names()) if "survey" in kinds else {},
    )


def _named_traits(kinds: set[str]) -> Iterable[tuple[str, Any]]:
    return traits() if "trait" in kinds else ()


def _ids(conditions: Iterable[Condition], *names: str) -> set[str]:
    return {
        id_ for condition in conditions for name in names for id_ in getattr(condition, name, ())
    }


def _products(ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    try:
        return {id_: product.title for id_, product in get_shop().products(ids).items()}
    except ShopError:  # the ids stay readable
        return {}


def _categories(ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    try:
        known = get_shop().categories()
    except ShopError:
        return {}
    return {id_: known[id_].name for id_ in ids if id_ in known}


def _segments(keys: set[str]) -> dict[str, str]:
    from clm_plugin.segments.models import Segment

    return dict(Segment.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}
