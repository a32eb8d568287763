"""Sensitive traits and life events in segments: for few, as on the page of a customer."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user
from django.test import Client, RequestFactory
from django.urls import reverse

from clm_plugin import pipeline
from clm_plugin.console.segments_preview import preview
from clm_plugin.models import (
    Identifier,
    LifeEvent,
    LifeEventKind,
    MembershipChange,
    Profile,
    Segment,
    TraitDefinition,
    TraitValue,
)
from clm_plugin.segments import api as segments
from tests.console.makers import make_person
from tests.console.test_permissions import _as
from tests.console.test_segments import make_segment, page_of
from tests.factories import NOW, order, store
from tests.segments.circle import group, orders
from tests.segments.circle import inside as in_segment

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = ("view_segment", "view_profile", "view_sensitive_profile")
MANY = ("view_segment", "view_profile")


@pytest.fixture
def ann(db: None) -> Profile:
    person = make_person(first_name="Ann", email="ann@example.com", orders=2)
    Identifier.objects.create(actor="customer:1", profile=person, created_at=NOW)
    LifeEventKind.objects.create(key="baby", label="A baby", source="declared", sensitive=True)
    LifeEventKind.objects.create(key="move", label="A move", source="declared")
    for kind in ("baby", "move"):
        LifeEvent.objects.create(profile=person, kind=kind, source="declared", declared_at=NOW)
    TraitDefinition.objects.create(key="allergy", label="Allergy", sensitive=True)
    TraitDefinition.objects.create(key="shoe", label="Shoe size")
    for key, text in (("allergy", "nuts"), ("shoe", "forty")):
        TraitValue.objects.create(profile=person, key=key, text=text, told_at=NOW)
    return person


@pytest.fixture
def parents(ann: Profile) -> Segment:
    """Everything that may be told, and one that may not, in a group of its own."""
    return make_segment(
        ("trait", {"key": "allergy", "op": "set"}),
        ("life_event", {"events": ["baby"]}),
        ("trait", {"key": "shoe", "op": "set"}),
        ("life_event", {"events": ["move"]}),
        ("none", [("trait", {"key": "allergy", "op": "eq", "value": "eggs"})]),
    )


def shown(client: Client, segment: Segment) -> str:
    return unescape(page_of(client, segment, who="ann@example.com"))


def test_why_she_is_in(parents: Segment, log_in: Callable[..., Client]) -> None:
    for words in (few := shown(log_in(*FEW), parents), many := shown(_as(log_in, *MANY), parents)):
        assert "“forty”" in words
        assert "A move: no date" in words
    assert "“nuts”" in few
    assert "A baby: no date" in few
    assert few.count("clm-branch--good") == 6
    assert "“nuts”" not in many
    assert "A baby: no date" not in many
    assert many.count("sensitive: not shown to you") == 3
    # The group that holds one of them would tell it by its own answer.
    assert many.count("clm-branch--hidden") == 4
    assert many.count("clm-branch--good") == 2


def test_example_people(parents: Segment, log_in: Callable[..., Client]) -> None:
    def examples(codenames: tuple[str, ...]) -> str:
        request = RequestFactory().get("/")
        request.user = get_user(_as(log_in, *codenames))
        return unescape(preview(request, parents).content.decode())

    few, many = examples(FEW), examples(MANY)
    for words in ("“forty”", "A move: no date"):
        assert words in few
        assert words in many
    for words in ("“nuts”", "A baby: no date"):
        assert words in few
        assert words not in many


def test_the_history(ann: Profile, parents: Segment, log_in: Callable[..., Client]) -> None:
    conditions = [
        [{"kind": "trait", "key": "allergy", "op": "set"}, True, "“nuts”"],
        [{"kind": "life_event", "events": ["baby"]}, True, "A baby: no date"],
        [{"kind": "life_event", "events": ["move"]}, True, ""],
        [{"kind": "from-the-future"}, True, "“odd”"],
    ]
    MembershipChange.objects.update_or_create(
        segment_id=parents.key, profile=ann,
        defaults={"entered": True, "changed_at": NOW,
                  "reason": {"cause": "page.viewed", "conditions": conditions}},
    )  # fmt: skip
    customer = reverse("clm_customers:customer", args=(ann.pk,))
    for url in (reverse("clm_segments:people", args=(parents.pk,)), customer):
        few = unescape(_as(log_in, *FEW).get(url).content.decode())
        many = unescape(_as(log_in, *MANY).get(url).content.decode())
        assert "have the life event A move" in few  # by its name of today, not by its key
        assert "have the life event A move" in many
        assert "“nuts”" in few
        assert "“nuts”" not in many
        assert "A baby: no date" not in many
        assert "odd" not in few


def test_values_in_the_history_are_names(db: None) -> None:
    segments.publish(key="vips", name="Very important", group=None, now=NOW)
    rules = group(orders(1), in_segment("vips"))
    segments.publish(key="asks", name="Asks", group=rules, now=NOW)
    store(order("customer:1", "o1"))
    pipeline.drain(now=NOW)
    pid = Identifier.objects.get(actor="customer:1").profile_id
    segments.add_members("vips", [pid], now=NOW)
    (told,) = MembershipChange.objects.filter(segment="asks")
    assert "Very important" in str(told.reason)
    assert "“vips”" not in str(told.reason)
