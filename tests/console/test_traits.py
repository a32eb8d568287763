"""Declaring traits and kinds of life events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from clm_plugin import pipeline
from clm_plugin.console.traits import guess, label_for, undeclared
from clm_plugin.models import LifeEvent, LifeEventKind, TraitDefinition, TraitValue
from tests.factories import NOW, days, new, order, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.test import Client

pytestmark = pytest.mark.django_db
INDEX = "clm_traits:index"


@pytest.fixture
def told() -> None:
    for n, traits in enumerate(
        (
            {"favouriteColour": "red", "children": 2, "survey.x": 1, "bad key": 1, "gone": None},
            {"favouriteColour": "blue", "children": "3", "vip": True, "country": "GB"},
        )
    ):
        store(new("profile.identified", f"customer:{n}", NOW - days(n), traits=traits), at=NOW)
    pipeline.drain(now=NOW)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        ("favourite_colour", "Favourite colour"),
        ("favouriteColour", "Favourite colour"),
        ("plan.name", "Plan name"),
        ("vip", "Vip"),
    ],
)
def test_labels(key: str, wanted: str) -> None:
    assert label_for(key) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([True, False], "boolean"),
        ([1, "2.5"], "number"),
        (["2026-05-01", "2026-05-01T10:00:00Z"], "date"),
        (["red", 1], "text"),
        ([True, 1], "text"),
    ],
)
def test_types_are_guessed_from_what_came(values: list[Any], wanted: str) -> None:
    assert guess(values) == wanted


def test_what_comes_undeclared_is_shown(told: None, root: Client) -> None:
    found = {each.key: (each.kind, each.seen) for each in undeclared()}
    assert found == {
        "favouriteColour": ("text", 2), "children": ("number", 2), "vip": ("boolean", 1),
    }  # fmt: skip
    page = root.get(reverse(INDEX)).content.decode()
    assert "favouriteColour" in page
    assert "No trait of your own yet" in page


def test_one_click_declares_and_what_was_said_counts(told: None, root: Client) -> None:
    response = root.post(reverse("clm_traits:declare"), {"key": "children"}, follow=True)
    assert "2 people have it" in response.content.decode()
    assert set(TraitValue.objects.filter(key="children").values_list("number", flat=True)) == {2, 3}
    made = TraitDefinition.objects.get()
    assert (made.label, made.kind, made.is_stale) == ("Children", "number", False)
    again = root.post(reverse("clm_traits:declare"), {"key": "children"}, follow=True)
    assert "nothing to declare" in again.content.decode()


def test_edit_changes_the_type_and_tells_anew(told: None, root: Client) -> None:
    root.post(reverse("clm_traits:declare"), {"key": "favouriteColour"})
    made = TraitDefinition.objects.get()
    url = reverse("clm_traits:edit", args=(made.pk,))
    data = {"label": "Colour", "key": "other", "kind": "choice", "rule": "newest", "choices": ""}
    assert "Write down what can be chosen" in root.post(url, data).content.decode()
    assert root.post(url, {**data, "choices": "Red\n Green \nRed\n"}).status_code == 302
    made.refresh_from_db()
    assert (made.key, made.choices, made.is_stale) == ("favouriteColour", ["Red", "Green"], False)
    assert list(TraitValue.objects.filter(key=made.key).values_list("text", flat=True)) == ["Red"]
    assert "Red\nGreen" in root.get(url).content.decode().replace("\r", "")


def test_add_refuses_what_is_taken(root: Client) -> None:
    url = reverse("clm_traits:add")
    data = {"label": "X", "kind": "text", "rule": "newest", "choices": ""}
    for key in ("email", "survey.nps", "1st", "with blank", ""):
        assert root.post(url, {**data, "key": key}).status_code == 200
    assert not TraitDefinition.objects.exists()
    assert root.post(url, {**data, "key": "shoe_size"}).status_code == 302


def test_a_deleted_trait_is_nobodys(told: None, root: Client) -> None:
    root.post(reverse("clm_traits:declare"), {"key": "vip"})
    made = TraitDefinition.objects.get()
    root.post(reverse("clm_traits:delete", args=(made.pk,)))
    assert not TraitDefinition.objects.exists()
    assert not TraitValue.objects.filter(key="vip").exists()
    root.post(reverse("clm_traits:declare"), {"key": "vip"})
    assert TraitValue.objects.filter(key="vip").count() == 1


def test_a_kind_is_read_from_orders_when_it_is_made(root: Client) -> None:
    for n, ago in enumerate((30, 10)):
        store(order("customer:1", f"o{n}", NOW - days(ago)), at=NOW)
    pipeline.drain(now=NOW)
    url = reverse("clm_life_events:add")
    data = {
        "label": "A baby", "key": "baby", "source": "inferred", "category_id": "",
        "at_least": "2", "within_days": "60", "sensitive": "on",
    }  # fmt: skip
    assert "Say which category" in root.post(url, data).content.decode()
    assert root.post(url, {**data, "category_id": "10"}).status_code == 302
    assert LifeEvent.objects.get().ends_at == NOW + days(30)
    kind = LifeEventKind.objects.get()
    edit = reverse("clm_life_events:edit", args=(kind.pk,))
    root.post(edit, {**data, "category_id": "10", "within_days": "5"})
    assert not LifeEvent.objects.exists()
    page = root.get(reverse("clm_life_events:index")).content.decode()
    assert "2 orders of “10” within 5 days" in page
    root.post(reverse("clm_life_events:delete", args=(kind.pk,)))
    assert not LifeEventKind.objects.exists()


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("clm_traits:index", "change_traitdefinition"),
        ("clm_traits:add", "add_traitdefinition"),
        ("clm_life_events:index", "change_lifeeventkind"),
        ("clm_life_events:add", "add_lifeeventkind"),
    ],
)
def test_who_may(name: str, permission: str, log_in: Callable[..., Client]) -> None:
    from tests.console.test_permissions import _as

    url = reverse(name)
    assert log_in("view_profile").get(url).status_code == 302
    assert _as(log_in, permission).get(url).status_code == 200


def test_declaring_needs_its_permission(told: None, log_in: Callable[..., Client]) -> None:
    client = log_in("change_traitdefinition")
    assert reverse("clm_traits:declare") not in client.get(reverse(INDEX)).content.decode()
    client.post(reverse("clm_traits:declare"), {"key": "vip"})
    assert not TraitDefinition.objects.exists()
