"""The numbers behind board and lists, against rows counted by hand; one query each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.insights import people
from clm_plugin.insights.api import (
    CampaignNumbers,
    Total,
    campaign_numbers,
    last_days,
    movers,
    recount,
    refusals,
)
from tests.console.makers import (
    make_credit,
    make_mail,
    make_move,
    make_person,
    make_receipt,
    make_seen,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=30)
BEFORE = SINCE - timedelta(days=1)
PERIOD = last_days(30, NOW.date())


@pytest.fixture(autouse=True)
def _utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def test_campaign_numbers(django_assert_num_queries: Any) -> None:
    ann = make_person()
    make_receipt(ann)
    make_seen(make_receipt(ann, channel="inline"))
    for rule in ("stage", "no_consent", "holdout", "control_group", "mail_cap"):
        make_receipt(ann, yes=False, rule=rule)
    make_receipt(ann, decided_at=BEFORE)
    for state in ("sent", "failed", "unknown", "queued"):
        make_mail(ann, state=state)
    make_mail(ann, created_at=BEFORE)
    make_credit(ann)
    make_credit(ann, total_minor=1000, margin_minor=400, refunded_minor=250)
    make_credit(ann, total_minor=0, margin_minor=0)
    make_credit(ann, currency="EUR", total_minor=700, margin_minor=-100)
    make_credit(ann, cancelled=True)
    make_credit(ann, credited_at=BEFORE)
    make_credit(ann, campaign="mug")
    recount(now=NOW)
    with django_assert_num_queries(2):
        numbers = campaign_numbers(PERIOD)
    assert numbers["tea"] == CampaignNumbers(
        campaign="tea", decided=7, eligible=5, held_out=2, yes=2, delivered=2, clicked=6, orders=4,
        revenue=(Total(700, "EUR"), Total(5750, "GBP")),
        margin=(Total(-100, "EUR"), Total(2300, "GBP")),
    )  # fmt: skip
    assert numbers["mug"].orders == 1
    assert numbers["mug"].decided == 0
    assert set(numbers) == {"tea", "mug"}


def test_refusals(django_assert_num_queries: Any) -> None:
    ann = make_person()
    for rule in ("stage", "quiet_hours", "quiet_hours"):
        make_receipt(ann, yes=False, rule=rule)
    make_receipt(ann)
    make_receipt(ann, campaign="mug", yes=False, rule="stage")
    make_receipt(ann, yes=False, rule="stage", decided_at=BEFORE)
    with django_assert_num_queries(1):
        found = refusals("tea", SINCE)
    assert [(reason.rule, reason.count) for reason in found] == [("quiet_hours", 2), ("stage", 1)]
    assert found[0].latest_at == NOW
    assert len(refusals("tea", SINCE, limit=1)) == 1


def test_movers_of_many_pairs_are_the_newest_of_all_in_two_queries(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bea, cyd, dan = (make_person() for _ in range(4))
    make_move(ann, "", "acquire", at=NOW - timedelta(hours=3))
    make_move(bea, "acquire", "nurture", at=NOW - timedelta(hours=1))
    make_move(ann, "acquire", "nurture", at=NOW - timedelta(hours=2))
    make_move(cyd, "acquire", "nurture", cause="model")
    make_move(dan, "nurture", "retain", at=BEFORE)
    recount(now=NOW)
    pairs = [("", "acquire"), ("acquire", "nurture"), ("nurture", "retain"), ("a", "b")]
    window = (SINCE, NOW)
    with django_assert_num_queries(2):
        assert movers(pairs, window) == [bea.pk, ann.pk]
    with django_assert_num_queries(2):
        assert movers(pairs[:1], window) == [ann.pk]
    with django_assert_num_queries(1):
        assert movers(pairs[2:], window) == []
    monkeypatch.setattr(people, "LIMIT", 1)
    assert movers(pairs, window) == [bea.pk]
