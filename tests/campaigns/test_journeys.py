"""Journeys: a basket left behind, from event to intent, with a receipt for every decision."""

from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries, Settings

from clm_plugin import pipeline
from clm_plugin.campaigns import api as campaigns
from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.events.api import NewEvent
from clm_plugin.models import Delivery, Enrolment, Receipt
from tests.factories import NOW, basket, days, new, order, store

pytestmark = pytest.mark.django_db

ME = "customer:1"
IDLE = timedelta(minutes=30)
OPEN = {"SHOP": "nonexistent.Shop", "GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0)}


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.CLM = OPEN
    install(first_day()[0], publish=True)


def tell(*events: NewEvent, at: datetime = NOW) -> None:
    store(*events, at=at)
    pipeline.drain(now=at)


def known(consent: bool = True) -> None:
    tell(new("customer.registered", ME, NOW, email="ada@example.com", first_name="Ada"))
    if consent:
        tell(new("consent.given", ME, NOW, purposes=["mail"]))


def sweep(at: datetime) -> None:
    pipeline.sweep(now=at, send=False)


def rules() -> list[tuple[bool, str]]:
    return list(Receipt.objects.order_by("decided_at", "id").values_list("yes", "rule"))


def test_an_idle_basket_gives_one_intent_and_its_receipt() -> None:
    known()
    tell(basket(ME))
    sweep(NOW + IDLE - timedelta(seconds=1))
    assert not Receipt.objects.exists()
    assert pipeline.next_due() == NOW + IDLE
    sweep(NOW + IDLE)
    sweep(NOW + IDLE)
    assert rules() == [(True, "all_rules_passed")]
    delivery = Delivery.objects.get()
    assert (delivery.address, delivery.object_id) == ("ada@example.com", "b1")
    assert delivery.receipt_id == Receipt.objects.get().pk
    assert Enrolment.objects.get().state == "done"


def test_touching_the_basket_starts_the_rest_anew() -> None:
    known()
    tell(basket(ME))
    tell(basket(ME, at=NOW + timedelta(minutes=20), items=2), at=NOW + timedelta(minutes=20))
    sweep(NOW + IDLE)
    assert not Receipt.objects.exists()
    sweep(NOW + IDLE + timedelta(minutes=20))
    assert rules() == [(True, "all_rules_passed")]


def test_a_basket_emptied_and_filled_again_is_enrolled_again() -> None:
    known()
    tell(basket(ME))
    tell(basket(ME, at=NOW + timedelta(minutes=5), items=0), at=NOW + timedelta(minutes=5))
    assert Enrolment.objects.get().end_rule == "basket_empty"
    tell(basket(ME, at=NOW + timedelta(minutes=9)), at=NOW + timedelta(minutes=9))
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.due_at) == ("waiting", NOW + timedelta(minutes=39))


def test_the_order_ends_the_journey() -> None:
    known()
    tell(basket(ME))
    tell(order(ME, "o1", NOW + timedelta(minutes=10), basket_id="b1"), at=NOW + IDLE / 2)
    sweep(NOW + IDLE * 3)
    assert not Delivery.objects.exists()
    assert Enrolment.objects.get().end_rule == "ordered"


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ([], "no_address"),
        ([new("customer.registered", ME, NOW, email="a@example.com")], "no_consent"),
        (
            [
                new("customer.registered", ME, NOW, email="a@example.com"),
                new("consent.given", ME, NOW - days(2), purposes=["mail"]),
                new("consent.withdrawn", ME, NOW - days(1), purposes=["mail"]),
            ],
            "no_consent",
        ),
        (
            [
                new("consent.given", ME, NOW, purposes=["mail"]),
                order(ME, "o1", NOW - days(3), email="a@example.com"),
            ],
            "bought_recently",
        ),
    ],
)
def test_every_no_has_a_receipt_with_its_rule(told: list, rule: str) -> None:
    tell(*told)
    tell(basket(ME))
    sweep(NOW + IDLE)
    assert rules() == [(False, rule)]
    assert Receipt.objects.get().inputs
    assert not Delivery.objects.exists()


def test_soft_opt_in_reaches_customers_who_never_said_no() -> None:
    known(consent=False)
    tell(basket(ME))
    with override_settings(CLM={**OPEN, "SOFT_OPT_IN": True}):
        sweep(NOW + IDLE)
    assert rules() == [(True, "all_rules_passed")]


def test_the_holdout_gets_nothing_and_is_counted() -> None:
    known()
    tell(basket(ME))
    with override_settings(CLM={**OPEN, "GLOBAL_HOLDOUT": 0.999999}):
        sweep(NOW + IDLE)
    assert rules() == [(False, "holdout")]


def test_quiet_hours_hold_a_mail_until_the_morning() -> None:
    known()
    evening = NOW.replace(hour=22)
    tell(basket(ME, at=evening), at=evening)
    with override_settings(CLM={**OPEN, "QUIET_HOURS": (21, 8), "TIME_ZONE": "UTC"}):
        sweep(evening + IDLE)
        assert rules() == [(False, "quiet_hours")]
        morning = (evening + days(1)).replace(hour=8, minute=0)
        assert Enrolment.objects.get().due_at == morning
        sweep(morning)
    assert rules() == [(False, "quiet_hours"), (True, "all_rules_passed")]
    assert Delivery.objects.count() == 1


def test_a_mail_that_could_not_leave_in_time_is_dropped() -> None:
    """Case 26: a shop that slept for weeks sends no burst of stale mails."""
    known()
    tell(basket(ME))
    sweep(NOW + days(20))
    assert rules() == [(False, "too_late")]
    assert not Delivery.objects.exists()


def test_history_that_is_read_in_starts_nothing() -> None:
    known()
    tell(basket(ME, source="backfill"))
    sweep(NOW + IDLE)
    assert not Enrolment.objects.exists()


def test_a_merge_takes_the_journey_along() -> None:
    known()
    tell(basket("visitor:a"))
    tell(new("customer.logged_in", ME, NOW, links=("visitor:a",)))
    sweep(NOW + IDLE)
    assert rules() == [(True, "all_rules_passed")]
    assert Delivery.objects.get().address == "ada@example.com"


@pytest.mark.parametrize("size", [5, 100])
def test_a_sweeps_statements_do_not_grow_with_what_is_due(
    size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tell(*(basket(f"visitor:{n}", f"b{n}") for n in range(size)))
    with django_assert_max_num_queries(55):
        sweep(NOW + IDLE)
    assert Receipt.objects.count() == size


def test_a_shoppers_reactions_count_only_on_her_own_receipts() -> None:
    known()
    tell(basket(ME))
    sweep(NOW + IDLE)
    receipt = str(Receipt.objects.get().pk)
    stranger = new("widget.clicked", "visitor:x", NOW, receipt=receipt, source="browser")
    tell(stranger)
    assert campaigns.contacts_of(Receipt.objects.get().profile_id, now=NOW + IDLE)[0].campaign
    from clm_plugin.models import Impression, Touch

    assert not Impression.objects.exists()
    assert not Touch.objects.exists()
    tell(new("widget.clicked", ME, NOW, receipt=receipt, source="browser"))
    assert Impression.objects.get().clicked_at == NOW
    assert Touch.objects.get().campaign == "basket-reminder"
