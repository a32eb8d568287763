"""Random people with a row in every table that a condition may look at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from clm_plugin.events.api import uuid7
from clm_plugin.models import (
    CompiledSegment,
    Consent,
    Event,
    Facts,
    Identifier,
    ItemFact,
    LifeEvent,
    Membership,
    MicroSegment,
    OrderFact,
    Prediction,
    ProductFact,
    Profile,
    RfmScore,
    Standing,
    TraitValue,
)
from tests.segments.purses import give_credit

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MICRO = timedelta(microseconds=1)
WINDOWS = (1, 3, 30)
IDS = ("1", "2", "3")
WORDS = ("a", "A", "ab", "ä", "a%b", 'q"x', "ünï", "☂a", "")
VALUES: tuple[Any, ...] = (
    *WORDS,
    "1",
    1,
    1.0,
    2,
    -3,
    0.5,
    True,
    False,
    None,
    ["a", "1"],
    [["a"], "b"],
    [],
    {"x": 1},
)
FIELDS = ("x", "y", "Größe", "a b", "product_id", "category_ids")
STAGES = ("new", "old")
TYPES = ("product.viewed", "page.viewed", "custom.tracked", "search.made")
TRAITS = ("plan", "age", "since", "survey.nps")
DAYS = (
    date(2024, 2, 29),
    date(2026, 11, 20),
    date(1990, 11, 22),
    date(2027, 1, 1),
    date(2000, 2, 28),
)


def some_time(dice: Random) -> datetime:
    """A moment on, just before or just behind the edge of a window; sometimes still to come."""
    days = dice.choice((0, *WINDOWS, *WINDOWS, 400, -1, -3))
    return NOW - timedelta(days=days) + MICRO * dice.choice((-1, 0, 1))


def maybe_time(dice: Random) -> datetime | None:
    return some_time(dice) if dice.random() < 0.8 else None


def gather(dice: Random, size: int) -> list[int]:
    """People in the database; returns their ids, of whom some are merged into others."""
    people = Profile.objects.bulk_create(
        Profile(
            created_at=NOW,
            language=dice.choice(("", "de", "de-AT", "DE", "den", "en-gb")),
            country=dice.choice(("", "GB", "DE", "gb")),
        )
        for _ in range(size)
    )
    for person in people[1:]:
        if dice.random() < 0.1:
            Profile.objects.filter(pk=person.pk).update(merged_into=people[0])
    CompiledSegment.objects.bulk_create(
        [CompiledSegment(key=key, compiled_at=NOW) for key in STAGES], ignore_conflicts=True
    )
    ids = [person.pk for person in people]
    _events(dice, ids)
    _orders(dice, ids)
    _single_rows(dice, ids)
    _many_rows(dice, ids)
    give_credit(dice, ids, some_time, NOW)
    return ids


def _payload(dice: Random) -> dict[str, Any]:
    found = {name: dice.choice(VALUES) for name in FIELDS if dice.random() < 0.6}
    found |= {name: dice.choice(WORDS) for name in ("source", "medium", "name")}
    if dice.random() < 0.7:
        found["category_ids"] = dice.sample(IDS, dice.randrange(3))
    found["properties"] = {name: dice.choice(VALUES) for name in FIELDS if dice.random() < 0.6}
    found["session"] = dice.choice((True, False, None, "true"))
    return found


def _event(dice: Random, actor: str, type_: str, **payload: Any) -> Event:
    return Event(
        id=uuid7(),
        type=type_,
        actor=actor,
        occurred_at=some_time(dice),
        received_at=NOW,
        source="shop",
        payload=payload,
    )


def _events(dice: Random, ids: list[int]) -> None:
    names = [
        Identifier(actor=f"visitor:{pid}-{n}", profile_id=pid, created_at=NOW)
        for pid in ids
        for n in range(dice.randrange(3))
    ]
    Identifier.objects.bulk_create(names)
    Event.objects.bulk_create(
        _event(dice, name.actor, dice.choice(TYPES), **_payload(dice))
        for name in names
        for _ in range(dice.randrange(5))
    )
    Event.objects.bulk_create([_event(dice, "visitor:nobody", TYPES[0])])


def _orders(dice: Random, ids: list[int]) -> None:
    owners = [dice.choice((*ids, *ids, None)) for _ in range(len(ids) * 2)]
    orders = OrderFact.objects.bulk_create(
        OrderFact(
            order_id=f"o{ids[0]}-{n}",
            profile_id=owner,
            placed_at=maybe_time(dice),
            cancelled_at=NOW if dice.random() < 0.15 else None,
        )
        for n, owner in enumerate(owners)
    )
    ItemFact.objects.bulk_create(
        ItemFact(
            order=order,
            product_id=product,
            category_id=dice.choice((*IDS, "")),
            quantity=dice.choice((0, 1, 1, 2, 5)),
        )
        for order in orders
        for product in dice.sample(IDS, dice.randrange(3))
    )


def _single_rows(dice: Random, ids: list[int]) -> None:
    """Tables with at most one row a profile."""
    Facts.objects.bulk_create(_facts(dice, pid) for pid in ids if dice.random() < 0.8)
    Standing.objects.bulk_create(
        Standing(
            profile_id=pid,
            stage=dice.choice(STAGES),
            since=some_time(dice),
            advocate=dice.random() < 0.5,
            churn_risk=dice.random() < 0.5,
        )
        for pid in ids
        if dice.random() < 0.7
    )
    RfmScore.objects.bulk_create(
        RfmScore(
            profile_id=pid,
            **{name: dice.randint(1, 5) for name in "rfm"},
            name=dice.choice(("loyal", "lost")),
            scored_at=NOW,
        )
        for pid in ids
        if dice.random() < 0.6
    )
    Prediction.objects.bulk_create(
        Prediction(
            profile_id=pid,
            value_minor=dice.choice((-5, 0, 100)),
            churn=dice.choice((0.0, 0.25, 0.5, 1.0)),
            computed_at=NOW,
        )
        for pid in ids
        if dice.random() < 0.6
    )


def _facts(dice: Random, pid: int) -> Facts:
    baskets = list(
        Event.objects.filter(
            actor__in=Identifier.objects.filter(profile=pid).values("actor")
        ).values_list("id", flat=True)[:1]
    )
    return Facts(
        profile_id=pid,
        **{
            name: maybe_time(dice)
            for name in ("last_seen_at", "registered_at", "first_order_at", "last_order_at")
        },
        **{
            name: dice.choice((0, 0, 1, 2, 3))
            for name in (
                "sessions",
                "page_views",
                "product_views",
                "basket_items",
                "orders",
                "items_bought",
            )
        },
        **{
            name: dice.choice((-100, 0, 99, 100, 101, 300, 10**12))
            for name in ("spend_minor", "margin_minor", "refunded_minor", "basket_minor")
        },
        gap_days=dice.choice((None, 0.0, 1.5, 30.0)),
        first_channel=dice.choice(WORDS),
        last_channel=dice.choice(WORDS),
        basket_event=dice.choice(baskets) if baskets else None,
    )


def _many_rows(dice: Random, ids: list[int]) -> None:
    """Tables with many rows a profile."""
    ProductFact.objects.bulk_create(
        ProductFact(profile_id=pid, product_id=product, views=1, last_viewed_at=maybe_time(dice))
        for pid in ids
        for product in dice.sample(IDS, dice.randrange(3))
    )
    TraitValue.objects.bulk_create(
        TraitValue(profile_id=pid, key=key, told_at=some_time(dice), **_word(dice))
        for pid in ids
        for key in dice.sample(TRAITS, dice.randrange(len(TRAITS)))
    )
    Consent.objects.bulk_create(
        Consent(
            profile_id=pid,
            purpose=purpose,
            channel=channel,
            granted=dice.random() < 0.5,
            changed_at=NOW,
        )
        for pid in ids
        for purpose, channel in (("marketing", "mail"), ("marketing", "push"), ("analytics", ""))
        if dice.random() < 0.6
    )
    Membership.objects.bulk_create(
        Membership(segment_id=key, profile_id=pid, inside=dice.random() < 0.6, since=NOW)
        for pid in ids
        for key in STAGES
        if dice.random() < 0.6
    )
    MicroSegment.objects.bulk_create(
        MicroSegment(profile_id=pid, category_id=category, share=dice.choice((0.0, 0.3, 0.5, 1.0)))
        for pid in ids
        for category in dice.sample(IDS, dice.randrange(3))
    )
    LifeEvent.objects.bulk_create(
        _life_event(dice, pid, kind)
        for pid in ids
        for kind in ("birthday", "move")
        if dice.random() < 0.6
    )


def _word(dice: Random) -> dict[str, Any]:
    which = dice.randrange(3)
    if which == 0:
        return {"text": dice.choice(WORDS)}
    if which == 1:
        return {"number": dice.choice((0.0, 1.0, 1.5, -3.0))}
    return {"moment": some_time(dice)}


def _life_event(dice: Random, pid: int, kind: str) -> LifeEvent:
    on = dice.choice((None, *DAYS))
    return LifeEvent(
        profile_id=pid,
        kind=kind,
        on=on,
        month_day=None if on is None else on.month * 100 + on.day,
        yearly=dice.random() < 0.5,
        source="dated",
        declared_at=NOW,
        ends_at=maybe_time(dice) if dice.random() < 0.5 else None,
    )
