"""Names for the keys and ids in a group: from the shop, the lifecycle and our own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.lifecycle.api import stage_choices
from clm_plugin.segments.conditions import HasTrait
from clm_plugin.segments.data import Group, Labels
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.segments.data import Condition


def labels_for(groups: Iterable[Group | Condition]) -> Labels:
    """Labels of all that these groups name; asks only for what is named, each in one go."""
    conditions = [
        condition
        for group in groups
        for condition in (group.conditions() if isinstance(group, Group) else (group,))
    ]
    products = _named(conditions, "products", "not_products")
    categories = _named(conditions, "categories", "not_categories")
    stages, segments = _named(conditions, "stages"), _named(conditions, "segments")
    traits = {one.key for one in conditions if isinstance(one, HasTrait)}
    life_events = _named(conditions, "events")
    shop = get_shop()
    return Labels(
        products={pk: one.title for pk, one in shop.products(products).items()} if products else {},
        categories={pk: one.name for pk, one in shop.categories().items() if pk in categories}
        if categories
        else {},
        stages=dict(stage_choices()) if stages else {},
        segments=_segments(segments) if segments else {},
        traits=_traits(traits) if traits else {},
        life_events=_life_events(life_events) if life_events else {},
    )


def _named(conditions: Iterable[Condition], *fields: str) -> set[str]:
    return {key for one in conditions for field in fields for key in getattr(one, field, ())}


def _segments(keys: set[str]) -> dict[str, str]:
    from clm_plugin.segments.models import CompiledSegment

    return dict(CompiledSegment.objects.filter(pk__in=keys).values_list("key", "name"))


def _traits(keys: set[str]) -> dict[str, str]:
    from clm_plugin.profiles.models import TraitDefinition

    return dict(TraitDefinition.objects.filter(key__in=keys).values_list("key", "label"))


def _life_events(keys: set[str]) -> dict[str, str]:
    from clm_plugin.profiles.models import LifeEventKind

    return dict(LifeEventKind.objects.filter(key__in=keys).values_list("key", "label"))
