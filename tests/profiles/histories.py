"""Random histories of a few people, and all that is known of everybody as plain data."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import (
    CategoryFact,
    Consent,
    Credit,
    Enrolment,
    Facts,
    Identifier,
    LifeEvent,
    OrderFact,
    ProductFact,
    Profile,
    Receipt,
    Standing,
    Touch,
    TraitValue,
)
from tests.factories import NOW, basket, new, order, store, viewed

ME, OTHER = "customer:1", "customer:2"
MINE, THEIRS = ("visitor:a", "visitor:b", "visitor:c"), ("visitor:d",)


def history(chance: random.Random, length: int = 30) -> list[NewEvent]:
    """Browsing, logins, orders and words of two customers, each with her own devices."""
    return [_event(chance, n) for n in range(length)]


def _event(chance: random.Random, n: int) -> NewEvent:
    at = NOW - timedelta(hours=chance.randrange(2_000))
    me, devices = (ME, MINE) if chance.random() < 0.8 else (OTHER, THEIRS)
    device = chance.choice(devices)
    actor = chance.choice((me, device, device))
    key = f"{n}"
    kind = chance.randrange(12)
    if kind < 3:
        return new("customer.logged_in", me, at, links=(device,), key=key,
                   email=f"{chance.choice('xy')}{me[-1]}@example.com",
                   first_name=chance.choice(("Ada", "Bea")))  # fmt: skip
    if kind < 5:
        name = f"{me[-1]}{chance.randrange(4)}"
        return basket(actor, name, at, items=chance.randrange(3), links=(f"basket:{name}",),
                      key=key)  # fmt: skip
    if kind < 7:
        return order(actor, f"o{n}", at, 1000 * chance.randrange(1, 9),
                     email=f"{chance.choice('xyz')}{me[-1]}@example.com")  # fmt: skip
    if kind == 7:
        return new(chance.choice(("consent.given", "consent.withdrawn")), actor, at, key=key,
                   purposes=[chance.choice(("mail", "analytics"))])  # fmt: skip
    if kind == 8:
        return new("profile.identified", actor, at, key=key,
                   traits={"colour": chance.choice(("red", "green")), "points": n,
                           "country": chance.choice(("GB", "DE")), "unknown": 1})  # fmt: skip
    if kind == 9:
        return new(chance.choice(("life_event.declared", "life_event.withdrawn")), actor, at,
                   key=key, kind=chance.choice(("birthday", "tea")),
                   date=f"1990-0{chance.randrange(1, 9)}-11")  # fmt: skip
    if kind == 10:
        return new("survey.answered", actor, at, key=key, survey="nps",
                   score=chance.randrange(11), answer="so")  # fmt: skip
    return viewed(actor, str(chance.randrange(3)), at, category_ids=["10"], key=key)


def tell(event: NewEvent) -> None:
    store(event, at=NOW)
    pipeline.drain(now=NOW)


def state() -> dict[frozenset[str], dict[str, Any]]:
    """Everybody by the set of her names, without what differs from run to run (ids of rows)."""
    pipeline.sweep(now=NOW, send=False)  # who is placed is placed by now
    people = Profile.objects.filter(merged_into=None)
    return {names_of(profile.pk): _known(profile) for profile in people}


def names_of(profile_id: int) -> frozenset[str]:
    return frozenset(Identifier.objects.filter(profile=profile_id).values_list("actor", flat=True))


def _known(profile: Profile) -> dict[str, Any]:
    mine = {"profile": profile.pk}
    facts: dict[str, Any] = dict(Facts.objects.filter(**mine).values().first() or {})
    for ours in ("profile_id", "basket_event"):
        facts.pop(ours, None)
    columns = ("customer_id", "email", "email_verified", "first_name", "language", "country")

    def rows(model: Any, *fields: str) -> list[Any]:
        return sorted(model.objects.filter(**mine).values_list(*fields), key=repr)

    return {
        "profile": {name: getattr(profile, name) for name in columns},
        "facts": facts,
        "products": rows(ProductFact, "product_id", "views", "last_viewed_at"),
        "categories": rows(
            CategoryFact, "category_id", "views", "quantity", "spend_minor", "last_bought_at"
        ),
        "orders": rows(OrderFact, "order_id", "placed_at", "total_minor", "refunded_minor"),
        "consents": rows(Consent, "purpose", "channel", "granted", "changed_at", "source"),
        "traits": rows(TraitValue, "key", "text", "number", "moment", "told_at", "strong"),
        "life": rows(LifeEvent, "kind", "source", "on", "declared_at", "ends_at"),
        "stage": rows(Standing, "stage", "advocate", "churn_risk"),
        "receipts": rows(Receipt, "campaign", "object_id"),
        "enrolments": rows(Enrolment, "campaign", "object_id", "state"),
        "touches": rows(Touch, "reference"),
        "credits": rows(Credit, "order_id", "touch__reference"),
    }  # fmt: skip
