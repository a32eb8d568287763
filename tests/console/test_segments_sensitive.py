"""Sensitive traits and life events in segments: who may not see them may not ask for them either,
nor learn who is in a segment that does. By role, from the form to the members."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse

from clm_plugin import pipeline
from clm_plugin.console.segments_preview import preview
from clm_plugin.models import (
    CompiledSegment,
    Identifier,
    LifeEvent,
    LifeEventKind,
    MembershipChange,
    Profile,
    Segment,
    TraitDefinition,
    TraitValue,
)
from clm_plugin.permissions import ROLES
from clm_plugin.roles import install_roles
from clm_plugin.segments import api as segments
from tests.console.makers import make_person
from tests.console.test_permissions import _as
from tests.console.test_segments import EMPTY, form, make_segment, page_of
from tests.factories import NOW, order, store
from tests.segments.circle import group, orders
from tests.segments.circle import inside as in_segment

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = ("view_segment", "view_profile", "view_sensitive_profile")
MANY = ("view_segment", "view_profile")
NAMES = {role.key: role.name for role in ROLES}
ALLERGY = ("trait", {"key": "allergy", "op": "set", "value": ""})
BABY = ("life_event", {"events": ("baby",), "from_days": "", "to_days": ""})
SHOE = ("trait", {"key": "shoe", "op": "set", "value": ""})
ASKS = ("segment", {"segments": '["parents"]', "inside": "yes"})
REFUSED = "only a colleague who may see sensitive traits can ask for this"


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
    """Something harmless, and deep inside something sensitive."""
    return make_segment(
        ("trait", {"key": "shoe", "op": "set"}),
        ("none", [("any", [("trait", {"key": "allergy", "op": "eq", "value": "eggs"})])]),
        key="parents",
    )


@pytest.fixture
def wider(parents: Segment) -> Segment:
    """Asks for the sensitive one, and for nothing sensitive itself."""
    return make_segment(("segment", {"segments": ["parents"], "inside": "yes"}), key="wider")


@pytest.fixture
def role(db: None) -> Callable[[str], Client]:
    """A client of somebody in one of our roles."""
    install_roles()

    def make(key: str) -> Client:
        user, _new = get_user_model().objects.get_or_create(username=key)
        user.groups.set([Group.objects.get(name=NAMES[key])])
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


def words(response: Any) -> str:
    return unescape(response.content.decode())


@pytest.mark.parametrize(("who", "offered"), [("marketer", False), ("manager", True)])
def test_the_editor_offers_what_may_be_asked_for(
    who: str, offered: bool, wider: Segment, role: Callable[[str], Client]
) -> None:
    client = role(who)
    page = words(client.get(reverse("clm_segments:add")))
    assert "Shoe size" in page
    assert "A move" in page
    assert ("Allergy" in page) is offered
    assert ("A baby" in page) is offered
    pick = reverse("clm_segments:pick", args=("segment",))
    found = {item["id"] for item in client.get(pick, {"q": ""}).json()["items"]}
    assert ({"parents", "wider"} <= found) is offered
    named = client.get(pick, {"ids": '["wider"]'}).json()["items"]
    assert [item["label"] for item in named] == ["Wider"], "what is chosen already has its name"


@pytest.mark.parametrize("rule", [ALLERGY, BABY, ASKS], ids=["trait", "life event", "segment"])
@pytest.mark.parametrize("inside", [False, True], ids=["flat", "in a group"])
def test_the_form_refuses_it(
    rule: tuple[str, Any], inside: bool, wider: Segment, role: Callable[[str], Client]
) -> None:
    rules = [SHOE, ("any", nested(rule))] if inside else [SHOE, rule]
    add = reverse("clm_segments:add")
    refused = role("marketer").post(add, form(*rules, key="own"))
    assert refused.status_code == 200
    assert REFUSED in words(refused)
    assert not Segment.objects.filter(key="own").exists()
    assert role("manager").post(add, form(*rules, key="own")).status_code == 302
    assert Segment.objects.filter(key="own").exists()


def nested(rule: tuple[str, Any]) -> Any:
    from wagtail.test.utils.form_data import streamfield

    return streamfield([rule])


def test_nothing_is_offered_from_an_unfinished_block(
    ann: Profile, role: Callable[[str], Client]
) -> None:
    half = ("trait", {"key": "allergy", "op": "eq", "value": ""})
    refused = role("marketer").post(reverse("clm_segments:add"), form(half, EMPTY, key="own"))
    assert REFUSED in words(refused)


def test_who_may_publish_and_not_see_does_not_publish_it(
    parents: Segment, log_in: Callable[..., Client]
) -> None:
    install_roles()  # makes the permissions of drafts
    codes = ("view_segment", "change_segment", "publish_segment", "view_profile")
    edit = reverse("clm_segments:edit", args=(parents.pk,))
    sent = {**form(ALLERGY, key="parents", name="Parents"), "action-publish": "action-publish"}
    before = CompiledSegment.objects.get(key="parents")
    refused = _as(log_in, *codes).post(edit, sent)
    assert REFUSED in words(refused)
    assert CompiledSegment.objects.get(key="parents").version == before.version
    done = _as(log_in, *codes, "view_sensitive_profile").post(edit, sent)
    assert done.status_code == 302
    after = CompiledSegment.objects.get(key="parents")
    assert (after.version != before.version, len(after.rules["members"])) == (True, 1)


def test_what_a_colleague_put_in_stays_readable_in_the_editor(
    parents: Segment, role: Callable[[str], Client]
) -> None:
    edit = reverse("clm_segments:edit", args=(parents.pk,))
    page = words(role("marketer").get(edit))
    assert "Allergy" in page
    assert "A baby" not in page


@pytest.mark.parametrize("key", ["parents", "wider"])
def test_who_is_in(key: str, wider: Segment, role: Callable[[str], Client]) -> None:
    segment = Segment.objects.get(key=key)
    members = reverse("clm_segments:members", args=(segment.pk,))
    results = reverse("clm_segments:members_results", args=(segment.pk,))

    marketer, manager = role("marketer"), role("manager")
    page = unescape(page_of(marketer, segment, who="ann@example.com"))
    assert "This segment asks for something sensitive" in page
    assert "Members now" in page
    assert "Ann" not in page
    for url in (members, results, f"{members}?export=1", f"{members}?export=csv"):
        assert marketer.get(url).status_code in (302, 403), url

    page = unescape(page_of(manager, segment, who="ann@example.com"))
    assert "This segment asks for something sensitive" not in page
    assert "Ann" in page
    assert "clm-branch--good" in page
    assert "Ann" in words(manager.get(members))


def test_example_people_and_counts(wider: Segment, log_in: Callable[..., Client]) -> None:
    def shown(segment: Segment, *codenames: str) -> str:
        request = RequestFactory().get("/")
        request.user = get_user(_as(log_in, *codenames))
        return unescape(preview(request, segment).content.decode())

    for segment in (Segment.objects.get(key="parents"), wider):
        few, many = shown(segment, *FEW), shown(segment, *MANY)
        assert "data-count" in few
        assert "Ann" in few
        assert "These rules ask for something sensitive" in many
        assert "data-count" not in many
        assert "Ann" not in many


def test_the_page_of_a_customer(
    ann: Profile, wider: Segment, role: Callable[[str], Client]
) -> None:
    make_segment(("life_event", {"events": ["move"]}), key="movers")
    page = reverse("clm_customers:customer", args=(ann.pk,))
    for who, told in (("manager", True), ("marketer", False), ("support", False)):
        shown = words(role(who).get(page))
        assert "Movers" in shown
        for name in ("Parents", "Wider"):
            assert (name in shown) is told, (who, name)


def test_old_reasons_in_the_history(ann: Profile, log_in: Callable[..., Client]) -> None:
    movers = make_segment(("life_event", {"events": ["move"]}), key="movers")
    conditions = [
        [{"kind": "trait", "key": "allergy", "op": "set"}, True, "“nuts”"],
        [{"kind": "life_event", "events": ["baby"]}, True, "A baby: no date"],
        [{"kind": "life_event", "events": ["move"]}, True, ""],
        [{"kind": "from-the-future"}, True, "“odd”"],
    ]
    MembershipChange.objects.update_or_create(
        segment_id="movers", profile=ann,
        defaults={"entered": True, "changed_at": NOW,
                  "reason": {"cause": "page.viewed", "conditions": conditions}},
    )  # fmt: skip
    customer = reverse("clm_customers:customer", args=(ann.pk,))
    for url in (reverse("clm_segments:people", args=(movers.pk,)), customer):
        few = words(_as(log_in, *FEW).get(url))
        many = words(_as(log_in, *MANY).get(url))
        assert "have the life event A move" in few  # by its name of today, not by its key
        assert "have the life event A move" in many
        assert "“nuts”" in few
        assert "“nuts”" not in many
        assert "A baby: no date" not in many
        assert "odd" not in few


def test_broken_rules_may_ask_for_anything(ann: Profile, role: Callable[[str], Client]) -> None:
    broken = make_segment(("trait", {"key": "shoe", "op": "set"}), key="broken")
    rules = {"kind": "all", "members": [{"kind": "from-the-future"}]}
    CompiledSegment.objects.filter(key="broken").update(rules=rules)
    segments.publish(key="other", name="Other", group=None, now=NOW)  # the set is read anew
    assert "Ann" not in page_of(role("marketer"), broken)
    assert "Ann" in page_of(role("manager"), broken)


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
