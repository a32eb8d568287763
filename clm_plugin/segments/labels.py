"""Names for the keys and ids in a group: from the shop, the lifecycle and our own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.lifecycle.api import stage_choices
from clm_plugin.segments.conditions import HasTrait
from clm_plugin.segments.data import Group, Labels
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.segments.data import Condition


_VALUES = frozenset({"favourite", "life_event", "segment", "stage"})
"""Kinds whose ``why`` names things, too."""


def labels_for(groups: Iterable[Group | Condition], *, values: bool = False) -> Labels:
    """Labels of all that these groups name; asks only for what is named, each in one go.

    With ``values``, only what people's own values name: that takes no look at products.
    """
    conditions = [
        condition
        for group in groups
        for condition in (group.conditions() if isinstance(group, Group) else (group,))
        if not values or condition.kind in _VALUES
    ]
    products = _named(conditions, "products", "not_products")
    categories = _named(conditions, "categories", "not_categories")
    stages, segments = _named(conditions, "stages"), _named(conditions, "segments")
    traits = {one.key for one in conditions if isinstance(one, HasTrait)}
    life_events = _named(conditions, "events")
    return Labels(
        products=_products(products) if products else {},
        categories=_categories(categories) if categories else {},
        stages=dict(stage_choices()) if stages else {},
        segments=_segments(segments) if segments else {},
        traits=_traits(traits) if traits else {},
        life_events=_life_events(life_events) if life_events else {},
    )


def _named(conditions: Iterable[Condition], *fields: str) -> set[str]:
    return {key for one in conditions for field in fields for key in getattr(one, field, ())}


def _products(ids: set[str]) -> dict[str, str]:
    try:
        return {id_: product.title for id_, product in get_shop().products(ids).items()}
    except ShopError:  # the ids stay readable
        return {}


def _categories(ids: set[str]) -> dict[str, str]:
    try:
        known = get_shop().categories()
    except ShopError:
        return {}
    return {id_: known[id_].name for id_ in ids if id_ in known}


def _segments(keys: set[str]) -> dict[str, str]:
    from clm_plugin.segments.models import CompiledSegment

    return dict(CompiledSegment.objects.filter(pk__in=keys).values_list("key", "name"))


def _traits(keys: set[str]) -> dict[str, str]:
    from clm_plugin.profiles.models import TraitDefinition

    return dict(TraitDefinition.objects.filter(key__in=keys).values_list("key", "label"))


def _life_events(keys: set[str]) -> dict[str, str]:
    from clm_plugin.profiles.models import LifeEventKind

    return dict(LifeEventKind.objects.filter(key__in=keys).values_list("key", "label"))
