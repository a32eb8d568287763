"""Segments that cannot be read, in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.urls import reverse

from clm_plugin.doctor import examine
from clm_plugin.models import (
    CompiledSegment,
    SegmentSet,
)
from tests.console.makers import make_person
from tests.console.test_segments import ORDERS, form, make_segment, page_of
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test import Client


def test_a_segment_whose_rules_cannot_be_read_says_so(root: Client) -> None:
    make_person(orders=3, email="ann@example.com")
    segment = make_segment()
    CompiledSegment.objects.update(rules={"kind": "from-the-future"})
    SegmentSet.objects.update(version=F("version") + 1)
    for url in (reverse("clm_segments:list"), reverse("clm_health:index")):
        assert "publish it again" in root.get(url).content.decode()
    (found,) = (one for one in examine(now=NOW) if "rules of" in one.what)
    assert not found.ok
    assert "loyal" in found.what
    page = page_of(root, segment, who="ann@example.com")
    assert "cannot be read" in page
    root.post(
        reverse("clm_segments:edit", args=(segment.pk,)),
        {**form(ORDERS), "action-publish": "action-publish"},
    )
    assert "publish it again" not in root.get(reverse("clm_segments:list")).content.decode()
    assert "cannot be read" not in page_of(root, segment)
