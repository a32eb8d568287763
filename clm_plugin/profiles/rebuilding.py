"""What a rebuild of the facts needs: an empty start, and whose each event is.

Of all people, or of some: after an undone merge only two are told anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles.forgetting import ERASED_ORDER
from clm_plugin.profiles.life_events import infer
from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    ItemFact,
    LifeEvent,
    OrderFact,
    ProductFact,
    Profile,
    TraitValue,
)
from clm_plugin.profiles.order_facts import recompute
from clm_plugin.profiles.traits import COLUMNS, check_addresses

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from clm_plugin.events.api import Event


def clear_facts() -> None:
    """Delete every fact; identities, traits, consents and merges stay.

    So do the orders of people who were erased: no event tells of them any more.
    """
    ItemFact.objects.exclude(order__order_id__startswith=ERASED_ORDER).delete()
    OrderFact.objects.exclude(order_id__startswith=ERASED_ORDER).delete()
    for model in (ProductFact, CategoryFact, Facts):
        model._default_manager.all().delete()


def owners_of(events: Sequence[Event]) -> dict[str, int]:
    """The profile of each event's actor, as identities are today; one query."""
    actors = {event.actor for event in events}
    return dict(Identifier.objects.filter(actor__in=actors).values_list("actor", "profile_id"))


def with_facts() -> list[int]:
    """Ids of all profiles that have facts."""
    return list(Facts.objects.order_by("profile_id").values_list("profile_id", flat=True))


def clear_people(profile_ids: Collection[int]) -> None:
    """Delete all that the log tells of these people, for it to be told anew; orders stay.

    An order is its own fact, whoever's it is: its placing names the owner when it is told again.
    """
    for model in (ProductFact, CategoryFact, Facts, Consent, TraitValue, LifeEvent):
        model._default_manager.filter(profile__in=profile_ids).delete()
    Profile.objects.filter(pk__in=profile_ids).update(**dict.fromkeys(COLUMNS, ""))


def owners_by_name(profile_ids: Collection[int]) -> dict[str, int]:
    """All names of these people, each with its profile; one query."""
    rows = Identifier.objects.filter(profile__in=profile_ids, verified=True)
    return dict(rows.values_list("actor", "profile_id"))


def add_up(profile_ids: Collection[int]) -> None:
    """What follows from the orders and names of these people, once their events are told."""
    recompute(profile_ids)
    infer(profile_ids)
    check_addresses(profile_ids)
