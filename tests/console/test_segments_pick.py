"""Choosers: names for ids, ids for names, and what browsers send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse

from clm_plugin.models import Facts, Segment
from clm_plugin.segments.blocks.picking import LIMIT, PickBlock, PickField
from tests.console.makers import make_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

SHOP = {"SHOP": "tests.console.named_shop.NamedShop", "CLOCK": "tests.console.conftest.present"}


def ask(client: Client, kind: str, **query: str) -> list[tuple[str, str]]:
    answer = client.get(reverse("clm_segments:pick", args=(kind,)), query)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return [(item["id"], item["label"]) for item in answer.json()["items"]]


def test_search_and_names(root: Client, settings: Any) -> None:
    settings.CLM = SHOP
    assert ask(root, "category", q="tea") == [("tea", "Tea things")]
    assert ask(root, "category", ids='["light", "gone"]') == [("light", "Lights")]
    assert ("1", "Larkspur tea tin") in ask(root, "product", q="TEA")
    assert ask(root, "product", ids='["4"]') == [("4", "Beeswax candle")]
    assert ("de", "German") in ask(root, "language", q="germ")
    assert ask(root, "language", q="fr")[0] == ("fr", "French")
    Segment.objects.create(key="vip", name="Best people")
    assert ask(root, "segment", q="best") == [("vip", "Best people")]


def test_channels_are_those_that_exist(root: Client) -> None:
    cache.clear()
    person = make_person()
    Facts.objects.filter(pk=person.pk).update(last_channel="newsletter/spring")
    assert ask(root, "channel", q="spring") == [("newsletter/spring", "newsletter/spring")]
    assert "direct" in dict(ask(root, "channel"))
    assert ask(root, "channel", ids='["anything"]') == [("anything", "anything")]


def test_without_a_search_and_with_nonsense(root: Client) -> None:
    assert ask(root, "product", q="tea") == []  # this shop has no search
    assert ask(root, "product", ids="[[[") == []
    assert ask(root, "product", ids='{"a": 1}') == []
    assert root.get(reverse("clm_segments:pick", args=("nothing",))).status_code == 404


def test_who_may_edit_may_search(log_in: Callable[..., Client]) -> None:
    url = reverse("clm_segments:pick", args=("language",))
    assert log_in("view_segment").get(url).status_code == 302


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ('["4", "7"]', ["4", "7"]),
        ('["4", "4", " ", ""]', ["4"]),
        ("4, 7", ["4", "7"]),
        ("", []),
        ("[", []),
        ("[" * 50_000, []),
        ("[4, null]", ["4", "None"]),
        (["4"], ["4"]),
    ],
)
def test_what_browsers_send(sent: Any, ids: list[str]) -> None:
    assert PickField().to_python(sent) == ids
    assert PickBlock("product").value_from_form(sent) == ids


@pytest.mark.parametrize("ids", [["x" * 65], ["a\x00b"], [str(n) for n in range(LIMIT + 1)]])
def test_what_is_refused(ids: list[str]) -> None:
    with pytest.raises(ValidationError):
        PickField().clean(json.dumps(ids))
