"""Traits in the tables: typed, by rule, and the same in whatever order they are heard."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import Evaluation, Identifier, Profile, TraitDefinition, TraitValue
from clm_plugin.profiles import api as profiles
from clm_plugin.refold import retell_stale
from clm_plugin.segments import api as segments
from tests.factories import NOW, days, new, order, store, stored, viewed

pytestmark = pytest.mark.django_db
ME = "customer:1"


def tell(*events: NewEvent) -> None:
    for event in events:
        store(event, at=NOW)
        pipeline.drain(now=NOW)


def said(ago: float, actor: str = ME, **traits: Any) -> NewEvent:
    return new("profile.identified", actor, NOW - days(ago), traits=traits)


def account(ago: float, **fields: Any) -> NewEvent:
    return new("customer.logged_in", ME, NOW - days(ago), **fields)


def value(key: str) -> Any:
    row = TraitValue.objects.get(key=key)
    return next(each for each in (row.text, row.number, row.moment) if each is not None)


def test_an_account_counts_before_a_checkout_and_the_newest_of_each() -> None:
    tell(
        account(5, email="ada@example.com", first_name="Ada"),
        order(ME, "o1", NOW - days(1), email="typed@example.com", first_name="A."),
        account(3, email="ada.new@example.com"),
        account(4, email="ada.old@example.com"),
    )
    me = Profile.objects.get()
    assert (me.email, me.first_name) == ("ada.new@example.com", "Ada")
    assert value("email") == "ada.new@example.com"


@pytest.mark.parametrize("seed", range(10))
def test_no_order_of_events_changes_the_traits(seed: int) -> None:
    TraitDefinition.objects.create(key="points", label="P", kind="number", rule="largest")
    TraitDefinition.objects.create(key="first_shop", label="F", rule="oldest")
    story = [
        account(5, email="a@example.com", language="en"),
        account(2, email="b@example.com"),
        order(ME, "o1", NOW - days(1), email="c@example.com", first_name="C", country="GB"),
        said(4, points=5, first_shop="Leeds", country="de", phone="+44 20 7946 0123"),
        said(3, points="9", first_shop="York", colour="red"),
        said(1, points=7, points_text="x"),
        new("survey.answered", ME, NOW - days(6), survey="nps", score=9, answer="fine"),
        new("survey.answered", ME, NOW - days(2), survey="nps", score=3, answer=""),
    ]
    random.Random(seed).shuffle(story)
    tell(*story)
    assert (value("email"), value("points"), value("first_shop")) == ("b@example.com", 9.0, "Leeds")
    assert (value("country"), value("phone"), value("survey.nps")) == ("DE", "+442079460123", 3.0)
    assert not TraitValue.objects.filter(key__in=["colour", "points_text"]).exists()
    me = Profile.objects.get()
    assert (me.email, me.country, me.first_name, me.language) == ("b@example.com", "DE", "C", "en")


def test_an_address_is_verified_by_proof_and_until_it_changes() -> None:
    """Case 9: the new address is not, and nor is the proof of the old one lost."""
    tell(account(5, email="ada@example.com"))
    assert not Profile.objects.get().email_verified
    tell(new("contact.verified", ME, NOW - days(4), email="ada@example.com"))
    assert Profile.objects.get().email_verified
    tell(account(3, email="other@example.com"))
    me = Profile.objects.get()
    assert (me.email, me.email_verified) == ("other@example.com", False)
    tell(account(2, email="Ada@example.com"))
    assert Profile.objects.get().email_verified


def test_what_was_said_counts_once_it_is_declared() -> None:
    tell(said(3, colour="red"), said(2, "visitor:b", colour="blue", size="not a number"))
    assert not TraitValue.objects.filter(key="colour").exists()
    TraitDefinition.objects.create(key="colour", label="Colour")
    TraitDefinition.objects.create(key="size", label="Size", kind="number")
    assert retell_stale(now=NOW) == 2
    assert set(TraitValue.objects.filter(key="colour").values_list("text", flat=True)) == {
        "red",
        "blue",
    }
    assert not TraitValue.objects.filter(key="size").exists()
    assert retell_stale(now=NOW) == 0
    TraitDefinition.objects.filter(key="colour").update(
        kind="choice", choices=["Red"], is_stale=True
    )
    retell_stale(now=NOW)
    assert TraitValue.objects.get(key="colour").text == "Red"


def test_segments_that_ask_for_a_trait_are_evaluated_when_it_is_told_anew() -> None:
    condition = {"kind": "trait", "key": "colour", "value": "red"}
    rules = segments.from_json({"kind": "all", "members": [condition]})
    segments.publish(key="reds", name="Reds", group=rules, now=NOW)
    Evaluation.objects.all().delete()
    TraitDefinition.objects.create(key="colour", label="Colour")
    retell_stale(now=NOW)
    assert list(Evaluation.objects.values_list("segment_id", flat=True)) == ["reds"]


def test_a_long_log_is_left_to_a_worker() -> None:
    tell(said(3, colour="red"), said(2, colour="blue"))
    TraitDefinition.objects.create(key="colour", label="Colour")
    assert retell_stale(now=NOW, limit=1) == 0
    assert TraitDefinition.objects.get().is_stale
    assert retell_stale(now=NOW, limit=2) == 1


def test_traits_cost_nothing_where_there_are_none(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [stored(viewed(f"visitor:{n}")) for n in range(100)]
    owner = profiles.resolve(rows).profile_of
    with django_assert_max_num_queries(3) as captured:
        profiles.fold_events(rows, owner)
    assert not [q for q in captured.captured_queries if "trait" in q["sql"].lower()]


def test_statements_do_not_grow_with_the_batch() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    TraitDefinition.objects.create(key="colour", label="Colour")
    counts = []
    for start, size in ((0, 3), (1_000, 300)):
        rows = [
            stored(said(1, f"customer:{start + n}", colour="red", email=f"a{n}@example.com"))
            for n in range(size)
        ]
        owner = profiles.resolve(rows).profile_of
        with CaptureQueriesContext(connection) as captured:
            profiles.fold_events(rows, owner)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9
    assert Identifier.objects.count() == 303
