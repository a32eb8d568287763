"""How names come together, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.profiles.joining import Graph, Node
from clm_plugin.profiles.names import PROVEN


def born(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def graph(known: dict[str, Node] | None = None, *, apart: bool = False) -> Graph:
    return Graph(dict(known or {}), lambda one, other: apart)


def test_the_oldest_survives_and_the_account_goes_with_her() -> None:
    device, account = Node(1, "", born(1)), Node(2, "7", born(2))
    one = graph({"visitor:a": device, "customer:7": account})
    one.join(["customer:7", "visitor:a"], "customer.logged_in")
    assert account.root() is device
    assert device.customer == "7"
    (union,) = one.unions
    assert (union.into, union.gone, union.edge) == (device, account, (account, device))


def test_two_accounts_never_become_one() -> None:
    one = graph({"customer:7": Node(1, "7", born(1)), "customer:8": Node(2, "8", born(2))})
    one.join(["customer:7", "customer:8"], "customer.logged_in")
    assert not one.unions


def test_who_was_kept_apart_stays_apart() -> None:
    one = graph(
        {"visitor:a": Node(1, "", born(1)), "customer:7": Node(2, "7", born(2))}, apart=True
    )
    one.join(["customer:7", "visitor:a"], "customer.logged_in")
    assert not one.unions


def test_members_are_asked_for_too() -> None:
    asked = []

    def apart(one: Node, other: Node) -> bool:
        asked.append({node.id for node in (one, *one.members, other, *other.members)})
        return False

    known = {f"visitor:{n}": Node(n, "", born(n)) for n in (1, 2, 3)}
    one = Graph(dict(known), apart)
    one.join(["visitor:1", "visitor:2"], "x")
    one.join(["visitor:2", "visitor:3"], "x")
    assert asked == [{1, 2}, {1, 2, 3}]


@pytest.mark.parametrize("claim", ["email:abc", "phone:abc"])
def test_a_claim_names_but_joins_nobody(claim: str) -> None:
    owner = Node(1, "7", born(1))
    one = graph({claim: owner})
    one.join(["visitor:b", claim], "profile.identified")
    assert one.known["visitor:b"] is not owner
    assert not one.unions
    fresh = graph()
    fresh.join(["visitor:b", claim], "profile.identified")
    assert fresh.claims == {claim}
    assert fresh.known[claim] is fresh.known["visitor:b"]


def test_a_proof_joins() -> None:
    guest, account = Node(1, "", born(1)), Node(2, "7", born(2))
    one = graph({"guest:abc": guest, "customer:7": account})
    one.join(["customer:7", "email:abc", "guest:abc"], PROVEN)
    assert account.root() is guest
    assert one.known["email:abc"].root() is guest
    assert not one.claims


def test_an_address_proven_by_another_account_changes_hands() -> None:
    before, now = Node(1, "7", born(1)), Node(2, "8", born(2))
    one = graph({"email:abc": before, "customer:8": now, "customer:7": before})
    one.join(["customer:8", "email:abc", "guest:abc"], PROVEN)
    assert not one.unions
    assert one.known["email:abc"] is now
    assert one.lost == [("email:abc", before)]


def test_a_new_name_comes_with_the_profile_it_was_linked_to() -> None:
    """Not with the root: an undo tells by it on which side the name belongs."""
    root, merged = Node(1, "", born(1)), Node(2)
    merged.merged_into = root
    one = graph({"visitor:b": merged})
    one.join(["basket:9", "visitor:b"], "basket.changed")
    assert one.known["basket:9"].home() is merged
    assert one.known["basket:9"].root() is root


def test_an_unwritten_profile_becomes_a_part_of_whom_it_was_linked_to() -> None:
    root, merged = Node(1, "", born(1)), Node(2)
    merged.merged_into = root
    one = graph({"visitor:b": merged})
    one.join(["visitor:n"], "page.viewed")
    one.join(["visitor:b", "visitor:n"], "page.viewed")
    assert not one.unions
    assert one.known["visitor:n"].home() is merged


class TestUsersOfAnotherSystem:
    """A device that served two of them joins them never, whoever tells of it (case 44)."""

    @pytest.mark.parametrize("device", ["visitor:a", "basket:9", "ext:app:anon-a"])
    def test_a_second_user_of_a_device_is_somebody_else(self, device: str) -> None:
        one = graph()
        one.join(["ext:app:ann", device], "profile.identified")
        one.join(["ext:app:bob", device], "profile.identified")
        assert one.known["ext:app:ann"].root() is one.known[device].root()
        assert one.known["ext:app:bob"].root() is not one.known[device].root()

    def test_also_when_the_device_tells_of_the_users(self) -> None:
        one = graph()
        one.join(["visitor:a", "ext:app:ann", "ext:app:bob"], "profile.identified")
        assert one.known["ext:app:ann"].root() is not one.known["ext:app:bob"].root()

    def test_known_ones_stay_two(self) -> None:
        ann, bob = Node(1, "", born(1)), Node(2, "", born(2))
        names = {1: ["ext:app:ann"], 2: ["ext:app:bob"]}
        known = {"visitor:a": ann, "visitor:b": bob}
        one = Graph(dict(known), lambda one, other: False, lambda node: names[node.id or 0])
        one.join(["visitor:a", "visitor:b"], "basket.changed")
        one.join(["basket:9", "visitor:a"], "basket.changed")
        one.join(["basket:9", "visitor:b"], "basket.changed")
        assert not one.unions

    def test_an_account_has_one_user_of_each_system_by_its_devices(self) -> None:
        one = graph()
        one.join(["ext:app:ann", "visitor:a"], "profile.identified")
        one.join(["ext:app:bob", "visitor:b"], "profile.identified")
        one.join(["ext:till:4", "visitor:b"], "profile.identified")  # another system: welcome
        one.join(["customer:7", "visitor:a"], "customer.logged_in")
        one.join(["customer:7", "visitor:b"], "customer.logged_in")
        assert one.known["customer:7"].root() is one.known["ext:app:ann"].root()
        assert one.known["ext:till:4"].root() is one.known["ext:app:bob"].root()
        assert one.known["visitor:a"].root() is not one.known["visitor:b"].root()

    @pytest.mark.parametrize("names", [["ext:app:ann", "ext:app:bob"],
                                       ["ext:app:ann", "email:x", "guest:x"]])  # fmt: skip
    def test_their_own_system_or_a_proof_joins_them(self, names: list[str]) -> None:
        ann, bob = Node(1, "", born(1)), Node(2, "", born(2))
        one = graph({"ext:app:ann": ann, "ext:app:bob": bob, "guest:x": bob})
        one.join(names, PROVEN)
        assert ann.root() is bob.root()


_PEOPLE = ("ext:app:ann", "ext:app:bob", "ext:app:cyd", "ext:till:1", "ext:till:2", "customer:7")
_DEVICES = ("visitor:a", "visitor:b", "visitor:c", "basket:1", "ext:app:anon-x")


@given(
    st.lists(
        st.lists(st.sampled_from(_PEOPLE + _DEVICES), min_size=1, max_size=4, unique=True).filter(
            lambda names: sum(name in _PEOPLE for name in names) < 2
        ),
        max_size=8,
    )
)
def test_no_way_over_devices_joins_two_users(events: list[list[str]]) -> None:
    one = graph()
    for names in events:
        one.join(names, "profile.identified")
    users = [name for name in one.known if name.startswith("ext:") and "anon" not in name]
    homes = {(name.rsplit(":", 1)[0], id(one.known[name].root())) for name in users}
    assert len(homes) == len(users)
