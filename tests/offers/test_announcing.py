"""What happens to offers, as events: with the row or not at all, once, and without secrets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.insights.api import timeline
from clm_plugin.models import Enrolment, Event, Profile
from clm_plugin.offers import api as offers
from clm_plugin.offers.announcing import announce_grants
from clm_plugin.offers.models import OfferGrant
from tests.campaigns.test_entering import campaign, known, me
from tests.factories import NOW, days, store, viewed
from tests.offers.plans import LATER, person, plan, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def told(type_: str) -> list[dict[str, Any]]:
    rows = Event.objects.filter(type=type_).order_by("id")
    return list(rows.values_list("payload", flat=True))


def give(profile_id: int, key: str = "k", **more: Any) -> offers.OfferGrant:
    return offers.grant_offer(
        profile_id=profile_id, offer="ten", key=key, reason="her dog died", now=NOW, **more
    )


def test_a_grant_is_told_once_with_what_it_is_and_no_secret() -> None:
    publish(plan(title="10 % off", lasts_days=7))
    her = person("ann@example.com")
    grant = give(her)
    code = offers.code_for(grant)
    assert give(her).repeated
    (payload,) = told("offer.granted")
    assert grant.expires_at is not None
    assert payload == {
        "offer": "ten", "title": "10 % off", "kind": "percent", "grant_id": grant.id,
        "source": "manual", "expires_at": grant.expires_at.isoformat(),
    }  # fmt: skip
    for secret in (code, "dog", "ann@"):
        assert secret not in json.dumps(payload)
    event = Event.objects.get()
    assert (event.actor, event.object_id, event.source) == (f"profile:{her}", "ten", "plugin")


def test_a_use_is_told_with_the_order_and_once() -> None:
    publish(plan(title="10 % off"))
    her = person()
    grant = give(her)
    offers.reserve(
        code=offers.code_for(grant), profile_id=her, order_id="100", now=NOW, until=LATER,
        discount_minor=250,
    )  # fmt: skip
    assert told("offer.redeemed") == []
    for _ in range(2):
        offers.confirm("100", now=NOW)
    assert told("offer.redeemed") == [
        {"offer": "ten", "title": "10 % off", "kind": "percent", "grant_id": grant.id,
         "order_id": "100", "discount_minor": 250, "currency": "GBP"}
    ]  # fmt: skip


def test_what_is_rolled_back_is_not_told() -> None:
    publish(plan())
    her = person()

    def fail() -> Iterator[None]:
        give(her)
        raise RuntimeError
        yield

    with pytest.raises(RuntimeError), transaction.atomic():
        next(fail())
    assert not OfferGrant.objects.exists()
    assert told("offer.granted") == []


def test_a_guests_use_is_nobodys_news() -> None:
    publish(plan("all", given="everybody"))
    use = [offers.Use(offer="all")]
    offers.reserve_all(uses=use, profile_id=None, order_id="1", now=NOW, until=LATER)
    offers.confirm("1", now=NOW)
    assert told("offer.redeemed") == []


def test_many_grants_are_told_in_as_many_statements_as_one() -> None:
    publish(plan())
    counts = []
    for number in (1, 40):
        rows = [
            OfferGrant(
                offer="ten", profile_id=person(), key=f"{number}:{each}", source="import",
                granted_at=NOW,
            )
            for each in range(number)
        ]  # fmt: skip
        rows = OfferGrant.objects.bulk_create(rows)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            announce_grants(rows, now=NOW)
        counts.append(len(caught))
    assert len(told("offer.granted")) == 41
    assert counts[1] <= counts[0] + 2, "a batch is copied in on PostgreSQL"


def test_it_reaches_whom_it_is_about_and_is_no_sign_of_life() -> None:
    publish(plan())
    store(viewed("visitor:1"))
    pipeline.drain(now=NOW)
    her = Profile.objects.get()
    offers.grant_offer(profile_id=her.pk, offer="ten", key="k", reason="", now=NOW + days(90))
    pipeline.drain(now=NOW + days(90))
    her.facts.refresh_from_db()
    assert her.facts.last_seen_at == NOW
    shown = [each.type for each in timeline(her.pk).happenings]
    assert shown == ["offer.granted", "product.viewed"]


@pytest.mark.parametrize("event", ["offer.granted", "offer.redeemed"])
def test_a_campaign_starts_with_it(event: str, settings: Settings) -> None:
    settings.CLM = {"SHOP": "nonexistent.Shop", "GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0)}
    campaign("event", event=event)
    publish(plan())
    known()
    grant = give(me())
    pipeline.drain(now=NOW)
    assert Enrolment.objects.count() == (event == "offer.granted")
    offers.reserve(code=offers.code_for(grant), profile_id=me(), order_id="7", now=NOW, until=LATER)
    offers.confirm("7", now=NOW)
    pipeline.drain(now=NOW)
    assert Enrolment.objects.get().profile_id == me()
