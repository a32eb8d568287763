"""Segments from the form to members: editor, live count, list, page, ready-made ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from clm_plugin.console.segments import spark
from clm_plugin.console.segments_patience import Impatient, patience
from clm_plugin.insights.api import recount
from clm_plugin.models import (
    Campaign,
    CompiledPlan,
    CompiledSegment,
    Membership,
    MembershipChange,
    Segment,
)
from clm_plugin.segments.api import evaluate
from clm_plugin.segments.compile import publish_segment
from clm_plugin.segments.data import SegmentError
from tests.console.makers import make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

ORDERS = ("number", {"figure": "orders", "at_least": "2", "at_most": ""})

EMPTY = ("any", streamfield([]))


def form(*rules: tuple[str, Any], **fields: Any) -> dict[str, Any]:
    data: dict[str, Any] = nested_form_data(
        {
            "name": "Loyal", "key": "loyal", "description": "", "kind": "rule",
            "rules": streamfield(list(rules)), **fields,
        }
    )  # fmt: skip
    return data


def make_segment(*rules: tuple[str, Any], key: str = "loyal", **fields: Any) -> Segment:
    """A live segment whose members are worked out."""
    segment = Segment(key=key, name=key.title(), **fields)
    segment.rules = list(rules or [("number", {"figure": "orders", "at_least": 2})])
    segment.save()
    segment.save_revision().publish()
    evaluate(now=NOW)
    segment.refresh_from_db()
    return segment


def page_of(client: Client, segment: Segment, **query: str) -> str:
    url = reverse("clm_segments:people", args=(segment.pk,))
    return client.get(url, query).content.decode()


def test_draft_then_publish_then_withdraw(root: Client) -> None:
    ann = make_person(orders=3)
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
    segment.refresh_from_db()
    assert "is being worked out" in page_of(root, segment)
    evaluate(now=NOW)
    assert list(Membership.objects.filter(inside=True).values_list("profile_id", flat=True)) == [
        ann.pk
    ]
    assert "is being worked out" not in page_of(root, segment)

    root.post(reverse("clm_segments:unpublish", args=(segment.pk,)))
    assert not CompiledSegment.objects.exists()
    assert not Membership.objects.exists()


def test_a_draft_may_be_incomplete_but_not_go_live(root: Client) -> None:
    wrong = ("number", {"figure": "orders", "at_least": "5", "at_most": "2"})
    root.post(reverse("clm_segments:add"), form(wrong, EMPTY))
    segment = Segment.objects.get(key="loyal")  # Wagtail saves drafts while one types
    edit = reverse("clm_segments:edit", args=(segment.pk,))
    refused = root.post(edit, {**form(wrong), "action-publish": "action-publish"})
    assert refused.status_code == 200
    assert "nobody could match" in refused.content.decode()
    assert not CompiledSegment.objects.exists()


def test_nothing_complete_goes_live_by_any_way() -> None:
    segment = Segment(key="empty", name="Empty")
    with pytest.raises(SegmentError, match="no rule yet"):
        publish_segment(segment, now=NOW)


def test_the_key_of_a_live_segment_stays(root: Client) -> None:
    segment = make_segment()
    edit = reverse("clm_segments:edit", args=(segment.pk,))
    refused = root.post(edit, {**form(ORDERS, key="other"), "action-publish": "action-publish"})
    assert "keep that key" in str(refused.context["form"].errors)


def test_a_static_list_has_no_rules(root: Client) -> None:
    data = {**form(ORDERS, kind="static"), "action-publish": "action-publish"}
    refused = root.post(reverse("clm_segments:add"), data)
    assert "take them out" in refused.content.decode()
    root.post(reverse("clm_segments:add"), {**data, **form(kind="static")})
    assert CompiledSegment.objects.get(key="loyal").kind == "static"


def preview(client: Client, *rules: tuple[str, Any], **fields: Any) -> str:
    url = reverse("clm_segments:preview_on_add")
    sent = client.post(url, form(*rules, name="", key="", **fields))
    assert sent.json() == {"is_valid": True, "is_available": True}
    return client.get(url).content.decode()


def test_live_count_sentence_and_examples(root: Client) -> None:
    make_person(first_name="Ann", orders=3)
    make_person(first_name="Bea", orders=1)
    told = preview(root, ORDERS)
    assert 'data-count="1"' in told
    assert "People who have placed at least 2 orders." in told
    assert "50 % of 2" in told
    assert "Ann" in told
    assert "Bea" not in told


def test_live_count_leaves_out_what_is_not_complete(root: Client) -> None:
    make_person(orders=3)
    told = preview(root, ORDERS, ("country", {"countries": ""}), EMPTY)
    assert 'data-count="1"' in told
    assert "2 things are not complete yet" in told
    assert "Lives in a country › Countries" in told
    assert "This group is empty" in told


def test_live_count_says_what_it_waits_for(root: Client) -> None:
    make_person(orders=3)
    told = preview(root, ("predicted_value", {"at_least": "10", "at_most": ""}))
    assert 'data-count="0"' in told
    assert "Waiting for data" in told


def test_live_count_of_nothing_and_of_lists(root: Client) -> None:
    assert "Add a first rule" in preview(root)
    assert "A list made by hand" in preview(root, kind="static")


def test_live_count_gives_up_in_time(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clm_plugin.console.segments_preview.COUNT_SECONDS", 0.0)
    monkeypatch.setattr("clm_plugin.console.segments_preview.segments.count", _slow)
    assert "would take too long" in preview(root, ORDERS)


def _slow(*_: Any) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 30000000)"
            " SELECT COUNT(*) FROM n"
        )
        return cursor.fetchone()


@pytest.mark.django_db
def test_patience() -> None:
    from django.db import connection

    with pytest.raises(Impatient), patience(0.05):
        _slow()
    with patience(5), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone()[0] == 1


def test_examples_need_the_right_to_see_people(log_in: Callable[..., Client]) -> None:
    make_person(first_name="Ann", orders=3)
    told = preview(log_in("add_segment"), ORDERS)
    assert 'data-count="1"' in told
    assert "Ann" not in told


def test_list_with_members_and_trend(root: Client) -> None:
    ann = make_person(orders=3)
    segment = make_segment(description="Come back by themselves.")
    MembershipChange.objects.filter(profile=ann).update(changed_at=NOW - timedelta(days=2))
    for _ in range(2):  # the first one begins with the first move between stages
        recount(now=NOW, days=30)
    page = root.get(reverse("clm_segments:list")).content.decode()
    assert "Come back by themselves." in page
    assert ">1</td>" in page
    assert "+1" in page
    assert "<polyline" in page
    assert reverse("clm_segments:people", args=(segment.pk,)) in page


def test_an_empty_list_leads_on(root: Client) -> None:
    page = root.get(reverse("clm_segments:list")).content.decode()
    assert "No segment yet" in page
    assert reverse("clm_segments:ready") in page


def test_spark() -> None:
    assert spark([0, 0, 0], 5) == ""
    points = [point.split(",") for point in spark([0, 2, -1], 4, width=20, height=24).split()]
    assert [float(x) for x, _ in points] == [0, 10, 20]
    assert [float(y) for _, y in points] == [22.0, 2.0, 12.0]  # 3, 5, 4 members


def test_page_with_people_history_and_use(root: Client) -> None:
    make_person(first_name="Ann", orders=3)
    segment = make_segment()
    make_segment(("segment", {"segments": ["loyal"], "inside": "yes"}), key="wider")
    Campaign.objects.create(key="tea", name="Tea time")
    CompiledPlan.objects.create(
        campaign="tea", version=1, plan={"audience": {"segments": ["loyal"]}}, compiled_at=NOW
    )
    page = page_of(root, segment)
    assert "People who have placed at least 2 orders." in page
    assert "Ann" in page
    assert "because of the publishing of the segment" in page
    assert "Tea time" in page
    assert "Wider" in page
    members = root.get(reverse("clm_segments:members", args=(segment.pk,))).content.decode()
    assert "Ann" in members


@pytest.mark.parametrize(
    ("orders", "country", "verdict", "good", "bad"),
    [(3, "GB", "In", 3, 0), (1, "GB", "Out", 2, 1), (3, "FR", "Out", 1, 2)],
)
def test_why(orders: int, country: str, verdict: str, good: int, bad: int, root: Client) -> None:
    make_person(first_name="Ann", email="ann@example.com", country=country, orders=orders)
    segment = make_segment(
        ("number", {"figure": "orders", "at_least": 2}),
        ("none", [("country", {"countries": ["FR"]})]),
    )
    page = page_of(root, segment, who="ann@example.com")
    assert f'{verdict}</span> <a href="' in page
    assert page.count("clm-branch--good") == good
    assert page.count("clm-branch--bad") == bad


def test_why_of_nobody(root: Client) -> None:
    page = page_of(root, make_segment(), who="<b>zoe@example.com")
    assert "Nobody is known as “&lt;b&gt;zoe@example.com”" in page


def test_people_are_shown_to_who_may_see_them(log_in: Callable[..., Client]) -> None:
    make_person(first_name="Ann", email="ann@example.com", orders=3)
    segment = make_segment()
    page = page_of(log_in("view_segment"), segment, who="ann@example.com")
    assert "Members now" in page
    assert "Ann" not in page


def test_customer_page_says_which_segments_and_why(root: Client) -> None:
    ann = make_person(first_name="Ann", orders=3)
    make_segment(persona=True)
    page = root.get(reverse("clm_customers:customer", args=(ann.pk,))).content.decode()
    assert "In no segment." not in page
    assert reverse("clm_segments:by_key", args=("loyal",)) in page
    assert "because of the publishing of the segment" in page
    assert root.get(reverse("clm_segments:by_key", args=("loyal",))).status_code == 302
