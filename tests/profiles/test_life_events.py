"""Life events: declared, dated and read from orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import RequestFactory

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import Event, LifeEvent, LifeEventKind
from clm_plugin.profiles import api as profiles
from clm_plugin.refold import retell_stale
from tests.factories import NOW, days, new, order, store

pytestmark = pytest.mark.django_db
ME = "customer:1"
LATER = NOW + days(3_650)
"""What a host says is due by the real clock."""


@pytest.fixture(autouse=True)
def _kinds() -> None:
    make = LifeEventKind.objects.create
    make(key="birthday", label="Birthday", source="dated", yearly=True)
    make(key="pet", label="A pet", source="declared")
    make(key="baby", label="A baby", source="inferred", category_id="10", at_least=2,
         within_days=30, sensitive=True)  # fmt: skip


def tell(*events: NewEvent) -> None:
    for event in events:
        store(event, at=NOW)
        pipeline.drain(now=NOW)


def declared(kind: str, ago: float, on: str = "") -> NewEvent:
    return new("life_event.declared", ME, NOW - days(ago), kind=kind, date=on)


def withdrawn(kind: str, ago: float) -> NewEvent:
    return new("life_event.withdrawn", ME, NOW - days(ago), kind=kind)


def live() -> dict[str, profiles.LifeFact]:
    owner = profiles.profile_id_of(ME)
    assert owner is not None
    return {fact.kind: fact for fact in profiles.life_facts([owner], now=NOW).get(owner, [])}


@pytest.mark.parametrize("backwards", [False, True])
def test_the_last_word_counts_whenever_it_is_heard(backwards: bool) -> None:
    story = [
        declared("birthday", 9, "1990-05-01"),
        declared("birthday", 5, "1990-05-02"),
        declared("pet", 8),
        withdrawn("pet", 4),
        declared("unknown", 3),
        declared("birthday", 2, "never"),
    ]
    tell(*(reversed(story) if backwards else story))
    found = live()
    assert set(found) == {"birthday"}
    assert found["birthday"].on == date(1990, 5, 2)
    assert found["birthday"].next_on == date(2027, 5, 2)
    assert LifeEvent.objects.get(kind="birthday").month_day == 502
    tell(declared("pet", 1))
    assert set(live()) == {"birthday", "pet"}


def test_other_systems_send_a_birthday_as_a_trait() -> None:
    tell(new("profile.identified", ME, traits={"birthday": "1990-05-01T00:00:00Z"}))
    assert live()["birthday"].on == date(1990, 5, 1)


def test_orders_point_to_it_until_they_are_too_old() -> None:
    tell(order(ME, "o1", NOW - days(40)), order(ME, "o2", NOW - days(20)))
    assert live() == {}
    tell(order(ME, "o3", NOW - days(5)))
    fact = live()["baby"]
    assert (fact.source, fact.declared_at) == ("inferred", NOW - days(5))
    assert fact.ends_at == NOW - days(20) + days(30)
    owner = profiles.profile_id_of(ME)
    assert owner is not None
    assert profiles.life_facts([owner], now=NOW + days(11)) == {}
    tell(new("order.cancelled", "", NOW - days(1), order_id="o3"))
    assert live() == {}


def test_what_is_sensitive_is_never_for_copy() -> None:
    tell(declared("pet", 1), order(ME, "o1", NOW - days(2)), order(ME, "o2", NOW - days(1)))
    owner = profiles.profile_id_of(ME)
    assert owner is not None
    assert live()["baby"].sensitive
    told = profiles.nameable_life_facts([owner], now=NOW)[owner]
    assert [fact.kind for fact in told] == ["pet"]


def test_who_says_no_is_not_told_otherwise_by_her_orders() -> None:
    tell(order(ME, "o1", NOW - days(9)), order(ME, "o2", NOW - days(8)))
    tell(withdrawn("baby", 7))
    assert live() == {}
    tell(order(ME, "o3", NOW - days(2)))
    assert live() == {}
    tell(declared("baby", 1))
    assert {row.source for row in LifeEvent.objects.filter(ends_at=None)} == {"declared"}


def test_the_nightly_run_finds_what_the_flow_found() -> None:
    for n in range(4):
        tell(order(f"customer:{n}", f"a{n}", NOW - days(20)))
        tell(order(f"customer:{n}", f"b{n}", NOW - days(5 + 10 * n)))
    rows = LifeEvent.objects.order_by("profile").values_list("profile", "ends_at")
    before = list(rows)
    current = [row for row in before if row[1] is not None and row[1] > NOW]
    assert 0 < len(current) < len(before)
    assert profiles.infer_all(now=NOW) == len(current)
    assert list(rows.all()) == before
    LifeEventKind.objects.filter(key="baby").update(within_days=5, is_stale=True)
    retell_stale(now=NOW)
    assert not LifeEvent.objects.exists()


def test_a_kind_that_is_declared_later_finds_what_was_said() -> None:
    tell(declared("wedding", 3, "2027-06-01"))
    LifeEventKind.objects.create(key="wedding", label="A wedding", source="dated")
    assert retell_stale(now=NOW)
    assert live()["wedding"].next_on == date(2027, 6, 1)


class TestForm:
    """What a host's form uses."""

    def test_declare_and_take_back(self) -> None:
        assert profiles.declare_life_event("1", "birthday", date(1990, 5, 1), at=NOW - days(2))
        told = profiles.own_life_events("1")
        assert told["birthday"].on == date(1990, 5, 1), "before a worker saw it"
        pipeline.drain(now=LATER)
        assert profiles.own_life_events("1") == told
        assert profiles.withdraw_life_event("1", "birthday", at=NOW - days(1))
        assert profiles.own_life_events("1") == {}
        pipeline.drain(now=LATER)
        assert profiles.own_life_events("1") == {}
        assert live() == {}

    @pytest.mark.parametrize(("kind", "on"), [("nonsense", None), ("birthday", None)])
    def test_what_cannot_be(self, kind: str, on: Any) -> None:
        with pytest.raises(profiles.LifeEventError):
            profiles.declare_life_event("1", kind, on)
        assert not Event.objects.exists()

    def test_nothing_is_told_without_leave(self, settings: Any) -> None:
        settings.CLM = {**getattr(settings, "CLM", {}), "REQUIRE_CONSENT": True}
        request = RequestFactory().post("/")
        assert profiles.declare_life_event(request, "pet") is False
        assert profiles.own_life_events(request) == {}
        assert profiles.declare_life_event("", "pet") is False
        assert not Event.objects.exists()

    def test_kinds_for_a_form(self) -> None:
        kinds = {kind.key: kind for kind in profiles.life_event_kinds()}
        assert set(kinds) == {"birthday", "pet"}
        assert kinds["birthday"].needs_date
        assert not kinds["pet"].needs_date

    @pytest.mark.parametrize("email", ["", "nobody", "a@"])
    def test_no_proof_of_what_is_no_address(self, email: str) -> None:
        with pytest.raises(profiles.ContactError):
            profiles.verify_email("1", email)
        with pytest.raises(profiles.ContactError):
            profiles.verify_phone("1", "020")

    def test_a_proof_is_an_event(self) -> None:
        assert profiles.verify_email("1", "ada@example.com", at=NOW)
        assert profiles.verify_phone("1", "+442079460123", at=NOW)
        pipeline.drain(now=LATER)
        names = profiles.actors_of(profiles.profile_id_of(ME) or 0)
        kinds = sorted(name.partition(":")[0] for name in names)
        assert kinds == ["customer", "email", "guest", "phone"]
