"""Segments from the form to members: editor, live count, pages, choosers, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from clm_plugin.models import CompiledSegment, Segment
from tests.console.makers import make_person

if TYPE_CHECKING:
    from django.test import Client


def form(*rules: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = nested_form_data(
        {
            "name": "Loyal",
            "key": "loyal",
            "description": "",
            "kind": "rule",
            "rules": streamfield(list(rules)),
            **fields,
        }
    )
    return data


ORDERS = ("number", {"figure": "orders", "at_least": "2", "at_most": ""})


def test_draft_then_publish(root: Client) -> None:
    make_person(orders=3)
    make_person(orders=1)
    root.post(reverse("clm_segments:add"), form(ORDERS))
    segment = Segment.objects.get(key="loyal")
    assert not segment.live
    assert not CompiledSegment.objects.exists()
    edit = reverse("clm_segments:edit", args=(segment.pk,))
    root.post(edit, {**form(ORDERS), "action-publish": "action-publish"})
    row = CompiledSegment.objects.get(key="loyal")
    assert row.rules == {
        "kind": "all",
        "members": [{"kind": "figure", "figure": "orders", "at_least": 2}],
    }
