"""What a rebuild of the facts needs: an empty start, and whose each event is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles.models import (
    CategoryFact,
    Facts,
    Identifier,
    ItemFact,
    OrderFact,
    ProductFact,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.events.api import Event


def clear_facts() -> None:
    """Delete every fact; identities, traits, consents and merges stay."""
    for model in (ItemFact, OrderFact, ProductFact, CategoryFact, Facts):
        model._default_manager.all().delete()


def owners_of(events: Sequence[Event]) -> dict[str, int]:
    """The profile of each event's actor, as identities are today; one query."""
    actors = {event.actor for event in events}
    return dict(Identifier.objects.filter(actor__in=actors).values_list("actor", "profile_id"))


def with_facts() -> list[int]:
    """Ids of all profiles that have facts."""
    return list(Facts.objects.order_by("profile_id").values_list("profile_id", flat=True))
