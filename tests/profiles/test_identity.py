"""Whose an event is: links, merges, and what must never merge (reliability, cases 44-46)."""

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin.events.api import NewEvent
from clm_plugin.models import Identifier, KeptApart, Profile
from clm_plugin.profiles import api as profiles
from tests.factories import NOW, basket, days, new, order, stored, viewed

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


def test_the_oldest_survives_whoever_has_the_account() -> None:
    """She browsed on her phone before she opened an account on another device."""
    phone = resolve(viewed("visitor:phone", at=NOW - days(30))).profile_of["visitor:phone"]
    account = resolve(login("1", "laptop")).profile_of["customer:1"]
    found = resolve(login("1", "phone"))
    assert [(m.survivor, m.merged) for m in found.merges] == [(phone, account)]
    assert found.profile_of["customer:1"] == phone
    survivor, merged = (Profile.objects.get(pk=pk) for pk in (phone, account))
    assert (survivor.customer_id, merged.customer_id) == ("1", "")
    assert merged.merged_into_id == phone


def test_old_ids_keep_working_after_any_number_of_merges() -> None:
    first = resolve(viewed("visitor:a", at=NOW - days(3))).profile_of["visitor:a"]
    second = resolve(viewed("visitor:b", at=NOW - days(2))).profile_of["visitor:b"]
    third = resolve(login("1", "c")).profile_of["customer:1"]
    resolve(login("1", "b"))
    resolve(login("1", "a"))
    for pid in (second, third):
        assert Profile.objects.get(pk=pid).merged_into_id == first, "one step, never a chain"
        found = resolve(viewed(f"profile:{pid}"))
        assert found.profile_of[f"profile:{pid}"] == first
    assert set(profiles.actors_of(first)) >= {"visitor:a", "visitor:b", "visitor:c", "customer:1"}


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


def test_a_device_that_served_two_users_of_another_system_joins_them_never() -> None:
    """Whoever tells of it: the ingest of Segment is only one of those who may."""
    ann = resolve(viewed("ext:app:ann", links=("visitor:a",))).profile_of["ext:app:ann"]
    assert resolve(viewed("ext:app:bob", links=("visitor:a",))).profile_of["ext:app:bob"] != ann
    bob = resolve(viewed("ext:app:bob", links=("visitor:b",))).profile_of["ext:app:bob"]
    assert bob != ann
    assert not resolve(basket("visitor:b", "7", links=("visitor:a",))).merges
    resolve(login("1", "a"))
    assert not resolve(login("1", "b")).merges
    assert {name: profiles.profile_id_of(name) for name in ("visitor:a", "visitor:b")} == {
        "visitor:a": ann, "visitor:b": bob,
    }  # fmt: skip


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


def proven(actor: str, email: str) -> NewEvent:
    return new("contact.verified", actor, email=email)


def test_guest_orders_join_an_account_only_by_proof() -> None:
    """Cases 45 and 46: an account with the same address sees nothing until it is proven hers."""
    hashed = profiles.email_hash("ada@example.com")
    guest = resolve(order(f"guest:{hashed}", "o1", NOW - days(9))).profile_of[f"guest:{hashed}"]
    registered = new("customer.registered", "customer:1", email="ada@example.com")
    account = resolve(registered).profile_of["customer:1"]
    assert account != guest
    found = resolve(proven("customer:1", "ADA@example.com"))
    assert found.profile_of["customer:1"] == guest
    assert Profile.objects.get(pk=guest).customer_id == "1"
    assert Identifier.objects.get(actor=f"email:{hashed}").verified


def test_a_claimed_address_joins_nobody_and_gives_way() -> None:
    hashed = f"email:{profiles.email_hash('ada@example.com')}"
    claim = new("profile.identified", "visitor:a", links=(hashed,), traits={})
    first = resolve(claim).profile_of["visitor:a"]
    row = Identifier.objects.get(actor=hashed)
    assert (row.profile_id, row.verified) == (first, False)
    other = resolve(new("profile.identified", "visitor:b", links=(hashed,), traits={}))
    assert other.profile_of["visitor:b"] != first
    assert not other.merges
    owner = resolve(proven("customer:1", "ada@example.com")).profile_of["customer:1"]
    assert owner not in (first, other.profile_of["visitor:b"])
    row.refresh_from_db()
    assert (row.profile_id, row.verified) == (owner, True)
    resolve(claim)
    row.refresh_from_db()
    assert row.profile_id == owner, "a proof gives way to no claim"


def test_an_address_may_be_recycled() -> None:
    """Another account proves the same address: hers now, and two people as before."""
    first = resolve(proven("customer:1", "ada@example.com")).profile_of["customer:1"]
    Profile.objects.filter(pk=first).update(email="ada@example.com", email_verified=True)
    found = resolve(proven("customer:2", "ada@example.com"))
    assert not found.merges
    hashed = f"email:{profiles.email_hash('ada@example.com')}"
    assert Identifier.objects.get(actor=hashed).profile_id == found.profile_of["customer:2"]
    assert not Profile.objects.get(pk=first).email_verified


def test_who_is_kept_apart_is_not_joined_again_by_any_way() -> None:
    account = resolve(login("1", "a")).profile_of["customer:1"]
    device = resolve(viewed("visitor:b")).profile_of["visitor:b"]
    KeptApart.objects.create(low_id=account, high_id=device, since=NOW)
    assert not resolve(login("1", "b")).merges
    resolve(viewed("visitor:old", at=NOW - days(9)))
    resolve(basket("visitor:b", "7", links=("visitor:old",)))
    assert not resolve(login("1", "old")).merges, "the survivor inherits what kept her apart"
    assert not resolve(login("1", "b")).merges
    in_one = resolve(
        viewed("visitor:n"), basket("visitor:b", "8", links=("visitor:n",)), login("1", "n")
    )
    assert len({in_one.profile_of[name] for name in ("visitor:n", "customer:1")}) == 2


def test_no_name_can_break_the_look_up() -> None:
    odd = ["profile:x", "profile:", "profile:99999999999999999999", "profile:٣", "email:"]
    found = resolve(*(viewed(name) for name in odd))
    assert len(found.created) == len(odd)
