"""What the events came to, without the numbers that depend on who came first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from clm_plugin.models import (
    CategoryFact,
    Consent,
    Event,
    Facts,
    Identifier,
    OrderFact,
    ProductFact,
    Profile,
    QueuedEvent,
    StageChange,
    Standing,
)

if TYPE_CHECKING:
    from datetime import datetime

Person = tuple[str, ...]
TABLES = (Facts, ProductFact, CategoryFact, Consent, OrderFact)


def persons() -> dict[int, Person]:
    """The names of each profile."""
    names: dict[int, list[str]] = defaultdict(list)
    for actor, profile in Identifier.objects.order_by("actor").values_list("actor", "profile_id"):
        names[profile].append(actor)
    return {profile: tuple(found) for profile, found in names.items()}


def state() -> dict[str, Any]:
    """All facts by person, and the stage. A row whose profile has no name stands under its id."""
    who = persons()
    found: dict[str, Any] = {}
    for model in TABLES:
        rows = []
        for values in model._default_manager.values():
            row: dict[str, Any] = {name: each for name, each in values.items() if name != "id"}
            row["profile_id"] = who.get(row["profile_id"], row["profile_id"])
            rows.append(row)
        found[model.__name__] = sorted(rows, key=repr)
    found["people"] = sorted(who.values())
    found["stages"] = {
        who.get(profile, profile): (stage, due)
        for profile, stage, due in Standing.objects.values_list("profile_id", "stage", "due_at")
    }
    return found


def difference(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The first few differences, to be read."""
    found: list[tuple[str, Any, Any]] = []
    for name, value in one.items():
        if value == other[name]:
            continue
        if isinstance(value, dict):
            keys = value.keys() | other[name].keys()
            found += [
                (name, (key, value.get(key)), other[name].get(key))
                for key in keys
                if value.get(key) != other[name].get(key)
            ]
        else:
            found.append(
                (
                    name,
                    [row for row in value if row not in other[name]][:2],
                    [row for row in other[name] if row not in value][:2],
                )
            )
    return found[:10]


def ways() -> dict[Person, list[tuple[str, datetime, str]]]:
    """The way through the stages by orders and by time of everybody who had one name to act by.

    What comes in between (a basket, a view) is told once a batch, so it depends on the cut; and
    where a refund in another shard stands among her orders is not promised.
    """
    who = persons()
    found: dict[Person, list[tuple[str, datetime, str]]] = defaultdict(list)
    refunded = set(OrderFact.objects.filter(refunded_minor__gt=0).values_list("profile", flat=True))
    rows = StageChange.objects.filter(cause__in=["order.placed", "time"]).order_by("id")
    moves = rows.values_list("profile_id", "to_stage", "changed_at", "cause")
    for profile, to_stage, at, cause in moves:
        acting = [name for name in who.get(profile, ()) if not name.startswith("basket:")]
        if len(acting) == 1 and profile not in refunded:
            found[who[profile]].append((to_stage, at, cause))
    return dict(found)


def broken_ways() -> list[tuple[int, str, str]]:
    """Moves that start elsewhere than where the one before ended."""
    at: dict[int, str] = {}
    found = []
    for profile, old, new in StageChange.objects.order_by("id").values_list(
        "profile_id", "from_stage", "to_stage"
    ):
        if at.get(profile, "") != old:
            found.append((profile, at.get(profile, ""), old))
        at[profile] = new
    return found


def undo() -> None:
    """Everything that came of the events goes, and all of them are to be processed again."""
    QueuedEvent.objects.all().delete()
    Profile.objects.all().delete()
    OrderFact.objects.all().delete()
    from clm_plugin.events.api import shard_of

    QueuedEvent.objects.bulk_create(
        [
            QueuedEvent(shard=shard_of(actor), event_id=pk, due_at=at)
            for pk, actor, at in Event.objects.values_list("id", "actor", "received_at")
        ]
    )
