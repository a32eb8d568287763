"""Whose an event is: links, merges, and what must never merge (reliability, cases 44-46)."""

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin.events.api import NewEvent
from clm_plugin.models import Identifier, Profile
from clm_plugin.profiles import api as profiles
from tests.factories import NOW, basket, new, stored, viewed

pytestmark = pytest.mark.django_db


def resolve(*events: NewEvent) -> profiles.Resolution:
    found = profiles.resolve([stored(event) for event in events])
    for merge in found.merges:
        profiles.merge_profiles(merge, now=NOW)
    return found


def login(customer: str, visitor: str) -> NewEvent:
    return new("customer.logged_in", f"customer:{customer}", links=(f"visitor:{visitor}",))


def test_each_new_actor_gets_one_profile() -> None:
    found = resolve(viewed("visitor:a"), viewed("visitor:b"), viewed("visitor:a"))
    assert len(found.created) == 2
    assert found.profile_of["visitor:a"] != found.profile_of["visitor:b"]
    again = resolve(viewed("visitor:a"))
    assert again.profile_of["visitor:a"] == found.profile_of["visitor:a"]
    assert not again.created


def test_linked_actors_are_one_person() -> None:
    found = resolve(basket("visitor:a", "9", links=("basket:9",)))
    assert found.profile_of["basket:9"] == found.profile_of["visitor:a"]


def test_login_brings_the_anonymous_history_along() -> None:
    before = resolve(viewed("visitor:a")).profile_of["visitor:a"]
    found = resolve(login("1", "a"))
    assert found.profile_of["customer:1"] == found.profile_of["visitor:a"] == before
    assert Profile.objects.get(pk=before).customer_id == "1"


def test_login_on_a_second_device_merges_it_into_the_account() -> None:
    account = resolve(login("1", "a")).profile_of["customer:1"]
    device = resolve(viewed("visitor:b")).profile_of["visitor:b"]
    found = resolve(login("1", "b"))
    assert [(m.survivor, m.merged) for m in found.merges] == [(account, device)]
    assert found.profile_of["visitor:b"] == account
    assert Identifier.objects.get(actor="visitor:b").profile_id == account
    assert Profile.objects.get(pk=device).merged_into_id == account


def test_a_shared_device_joins_no_two_accounts() -> None:
    first = resolve(login("1", "a")).profile_of["customer:1"]
    found = resolve(login("2", "a"))
    assert not found.merges
    assert found.profile_of["customer:2"] != first
    assert found.profile_of["visitor:a"] == first


def test_two_accounts_in_one_batch_on_one_device_stay_two() -> None:
    found = resolve(viewed("visitor:a"), login("1", "a"), login("2", "a"))
    assert found.profile_of["customer:1"] != found.profile_of["customer:2"]


def test_an_address_typed_at_checkout_merges_nobody() -> None:
    resolve(login("1", "a"))
    Profile.objects.update(email="ada@example.com")
    order = new(
        "order.placed",
        "visitor:b",
        order_id="1",
        currency="GBP",
        total_minor=1,
        email="ada@example.com",
    )
    found = resolve(order)
    assert found.profile_of["visitor:b"] != profiles.profile_id_of("customer:1")


def test_what_is_about_nobody_makes_no_profile() -> None:
    assert not resolve(new("stock.changed", "", product_id="1")).profile_of
    assert not Profile.objects.exists()


def test_queries_do_not_grow_with_the_batch(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    events = [viewed(f"visitor:{i}") for i in range(200)]
    with django_assert_max_num_queries(12):
        resolve(*events)
