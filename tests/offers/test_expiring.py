"""The owners of grants are told that they end: a week and a day before, once, while it counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import merges, pipeline
from clm_plugin.insights.api import timeline
from clm_plugin.models import Event, Facts
from clm_plugin.offers import api as offers
from clm_plugin.offers import expiring
from clm_plugin.offers.marks import due_mark, next_mark
from clm_plugin.offers.models import OfferCounter, OfferGrant
from clm_plugin.offers.plan import Effect
from clm_plugin.offers.recipes import install_offer
from clm_plugin.privacy.api import erase
from clm_plugin.profiles.api import profile_id_of
from clm_plugin.profiles.models import MergeRecord
from clm_plugin.segments.event_labels import EVENTS
from tests.factories import NOW, days
from tests.offers.plans import LATER, person, plan, publish
from tests.offers.test_announcing import told
from tests.offers.test_people import join, known

END = NOW + days(30)
WEEK, DAY = END - days(7), END - days(1)


@pytest.mark.parametrize(
    ("life", "since", "now", "mark", "then"),
    [
        (30, 0, 22, None, 23),
        (30, 23, 23, 7, 29),
        (30, 23, 28.9, 7, 29),
        (30, 29, 29, 1, None),
        (30, 23, 29, 1, None),  # after a pause the last mark says it all
        (30, 23, 30, None, None),  # it has ended meanwhile
        (7, 0, 0, None, 6),  # not as it is given
        (7.5, 0, 0.5, 7, 6.5),
        (3, 0, 2, 1, None),
        (1, 0, 0, None, None),
        (0.5, 0, 0.4, None, None),
        (None, 0, 400, None, None),
    ],
)
def test_marks_lie_inside_the_life_of_a_grant(
    life: float | None, since: float, now: float, mark: int | None, then: float | None
) -> None:
    end = None if life is None else NOW + timedelta(days=life)
    at = NOW + timedelta(days=now)
    assert due_mark(NOW, end, since=NOW + timedelta(days=since), now=at) == mark
    following = None if then is None else NOW + timedelta(days=then)
    assert next_mark(NOW, end, after=at) == following


def give(profile_id: int, key: str = "k", end: datetime | None = END, **more: Any) -> int:
    values = {"offer": "ten", "reason": "", "now": NOW, "expires_at": end, **more}
    return offers.grant_offer(profile_id=profile_id, key=key, **values).id


def ends() -> list[tuple[int, int]]:
    """(grant, days) of all that was told."""
    return [(each["grant_id"], each["days"]) for each in told("offer.expiring")]


@pytest.mark.django_db
def test_it_is_told_twice_in_a_life_with_what_it_is() -> None:
    publish(plan(title="10 % off"))
    grant = give(person())
    assert expiring.next_notice() == WEEK == offers.next_due()
    offers.sweep_due(now=WEEK - timedelta(seconds=1))
    assert ends() == []
    offers.sweep_due(now=WEEK)
    assert told("offer.expiring") == [
        {"offer": "ten", "title": "10 % off", "kind": "percent", "grant_id": grant,
         "expires_at": END.isoformat(), "days": 7}
    ]  # fmt: skip
    for _ in range(2):
        offers.sweep_due(now=DAY)
    offers.sweep_due(now=END + days(1))
    assert ends() == [(grant, 7), (grant, 1)]
    assert offers.next_due() is None


@pytest.mark.django_db
def test_a_sweep_that_comes_back_to_the_same_mark_tells_nothing_new() -> None:
    """A restored backup, or two sweeps on a database without row locks."""
    publish(plan())
    grant = give(person())
    for _ in range(2):
        OfferGrant.objects.update(due_at=WEEK)
        offers.sweep_due(now=WEEK)
    assert ends() == [(grant, 7)]


@pytest.mark.django_db
def test_it_is_in_the_timeline_and_no_sign_of_life() -> None:
    publish(plan())
    her = known("visitor:1")
    give(her)
    offers.sweep_due(now=WEEK)
    pipeline.drain(now=WEEK)
    assert Facts.objects.get(profile=her).last_seen_at == NOW
    shown = [each.type for each in timeline(her).happenings]
    assert shown == ["offer.expiring", "offer.granted", "product.viewed"]
    assert "offer.expiring" in {key for _, events in EVENTS for key, _ in events}


def use(grant: int, profile_id: int, order: str = "7") -> None:
    code = offers.code_for(grant, now=NOW)
    offers.reserve(code=code, profile_id=profile_id, order_id=order, now=NOW, until=LATER)
    offers.confirm(order, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fate", ["used", "withdrawn", "code withdrawn", "offline", "total", "own", "not hers"]
)
def test_what_cannot_be_used_any_more_is_not_told(fate: str) -> None:
    publish(plan())
    her = person()
    grant = give(her)
    if fate == "used":
        use(grant, her)
    elif fate == "withdrawn":
        offers.revoke_grant(grant, reason="a mistake", now=NOW)
    elif fate == "code withdrawn":
        offers.code_for(grant)
        offers.revoke_codes(offer="ten", reason="leaked", now=NOW)
    elif fate == "offline":
        offers.withdraw_offer("ten")
    elif fate == "not hers":
        publish(plan(conditions={"stages": ("lapsed",)}))
    else:
        publish(plan(limits={"total": 1} if fate == "total" else {"per_profile": 1}))
        use(give(her, "other", None), her)
    offers.sweep_due(now=WEEK)
    assert ends() == []
    assert offers.standings([grant], now=WEEK) == {}


@pytest.mark.django_db
def test_limits_that_still_have_room_do_not_silence() -> None:
    publish(plan(limits={"total": 2, "per_profile": 2, "budget_minor": 100, "per_day": 1}))
    her = person()
    grant = give(her)
    use(give(her, "other", None), her)
    offers.sweep_due(now=WEEK)
    assert ends() == [(grant, 7)]


@pytest.mark.django_db
def test_a_use_that_came_to_nothing_is_told_again() -> None:
    publish(plan())
    her = person()
    grant = give(her)
    use(grant, her)
    offers.sweep_due(now=WEEK)
    offers.free("7", now=WEEK)
    offers.sweep_due(now=DAY)
    assert ends() == [(grant, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("is_started", [True, False])
def test_a_trial_is_told_of_until_it_starts(is_started: bool) -> None:
    trial = Effect(kind="trial", entitlement="free_shipping", days=60)
    publish(plan(effect=trial, given="grant"))
    grant = give(person())
    if is_started:
        offers.accept(grant, now=NOW)
    offers.sweep_due(now=WEEK)
    assert ends() == ([] if is_started else [(grant, 7)])


@pytest.mark.django_db
def test_the_offers_own_end_counts_also_when_it_is_brought_forward() -> None:
    publish(plan(closes_at=END))
    grant = give(person(), end=END + days(90))
    assert offers.next_due() == WEEK
    endless = give(person(), "endless", end=None)  # ends with its offer
    offers.sweep_due(now=WEEK)
    assert sorted(ends()) == [(grant, 7), (endless, 7)]
    assert {each["expires_at"] for each in told("offer.expiring")} == {END.isoformat()}


@pytest.mark.django_db
def test_an_end_that_an_offer_is_given_later_is_told_in_time() -> None:
    publish(plan())
    grant = give(person(), end=None)
    sooner = give(person(), "sooner", end=NOW + days(3))
    assert offers.next_due() == NOW + days(2)
    ending = plan(closes_at=END)
    publish(ending)
    expiring.look_again(ending, now=NOW)
    offers.sweep_due(now=NOW + days(2))
    assert ends() == [(sooner, 1)]
    assert offers.next_due() == WEEK
    offers.sweep_due(now=WEEK)
    expiring.look_again(ending, now=WEEK)  # published anew: nothing is told twice
    offers.sweep_due(now=WEEK)
    offers.sweep_due(now=DAY)
    assert ends() == [(sooner, 1), (grant, 7), (grant, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "days_told"), [(9, [7]), (3, [1]), (0.5, [1])])
def test_an_end_that_is_near_is_told_by_the_marks_that_are_left(
    left: float, days_told: list[int]
) -> None:
    """Red before: “another week”, three days before the end."""
    publish(plan())
    give(person(), end=None)
    published = NOW + days(30)
    publish(ending := plan(closes_at=published + timedelta(days=left)))
    expiring.look_again(ending, now=published)
    offers.sweep_due(now=published)
    offers.sweep_due(now=published + timedelta(days=min(left - 0.1, 2.5)))
    assert [days for _, days in ends()] == days_told


@pytest.mark.django_db
def test_publishing_takes_grants_before_counters_as_a_use_does() -> None:
    """Red before: publishing and a use could wait for each other in a circle."""
    made = install_offer(
        key="ten", name="Ten", title="Ten", currency="GBP", given="grant", publish=True,
        effect=("percent", {"percent": Decimal(10)}),
    )  # fmt: skip
    assert made is not None
    endless = give(person(), end=None)
    made.closes_at = END
    with CaptureQueriesContext(connection) as caught:
        offers.publish_offer(made, now=NOW)
    grants, counters = (model._meta.db_table for model in (OfferGrant, OfferCounter))
    asked = [each["sql"] for each in caught if grants in each["sql"] or counters in each["sql"]]
    touched = [grants in sql for sql in asked]
    assert len(set(touched)) == 2
    assert touched == sorted(touched, reverse=True), asked
    assert OfferGrant.objects.get(pk=endless).due_at == WEEK


@pytest.mark.django_db
def test_a_merge_takes_it_along_and_erasure_silences_it() -> None:
    publish(plan())
    visitor, customer = known("visitor:1"), known("customer:1")
    theirs = [give(visitor), give(customer, "c")]
    join("visitor:1", "customer:1")
    offers.sweep_due(now=WEEK)
    assert ends() == [(grant, 7) for grant in theirs]
    assert {row.actor for row in Event.objects.filter(type="offer.expiring")} == {"customer:1"}
    merges.unmerge(MergeRecord.objects.get().pk, now=WEEK)
    gone = profile_id_of("customer:1")
    assert gone is not None
    kept = OfferGrant.objects.exclude(profile=gone).get().pk
    erase(gone, now=WEEK, asked_by="test")
    offers.sweep_due(now=DAY)
    told_last = Event.objects.get(type="offer.expiring", payload__days=1)
    assert (told_last.payload["grant_id"], told_last.actor) == (kept, "visitor:1")
    assert offers.next_due() is None


@pytest.mark.django_db
def test_a_batch_asks_as_much_for_forty_as_for_one() -> None:
    asking = {"stages": ("",), "first_order": True}
    publish(plan(conditions=asking, limits={"total": 99, "per_profile": 9}))
    counts = []
    for number in (1, 40):
        for each in range(number):
            give(person(), f"{number}:{each}")
        with CaptureQueriesContext(connection) as caught:
            assert expiring.notice_due(now=WEEK) == number
        counts.append(len(caught))
    assert len(ends()) == 41
    assert counts[1] <= counts[0] + 2, "a batch is copied in on PostgreSQL"
    assert counts[1] <= 20, [each["sql"][:90] for each in caught]


@pytest.mark.django_db
def test_where_nothing_is_due_three_statements_are_all() -> None:
    publish(plan())
    give(person())
    with CaptureQueriesContext(connection) as caught:
        offers.sweep_due(now=NOW)
    asked = [each["sql"] for each in caught if each["sql"].startswith("SELECT")]
    assert len(asked) == 3


@pytest.mark.django_db
def test_batches_follow_each_other_until_all_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    publish(plan())
    grants = [give(person(), str(number)) for number in range(5)]
    monkeypatch.setattr(expiring.notice_due, "__kwdefaults__", {"limit": 2})
    offers.sweep_due(now=WEEK)
    assert sorted(grant for grant, _ in ends()) == grants
