"""Every screen of segments by every kind of user, and how often each asks the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from clm_plugin.models import Facts, Profile, Segment
from clm_plugin.segments.api import evaluate, score_buyers
from tests.console.makers import make_person
from tests.console.test_query_bounds import WAGTAIL, queries
from tests.console.test_segments import make_segment
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

# url name, arguments, what it takes
SCREENS: list[tuple[str, str, tuple[str, ...]]] = [
    ("list", "", ("view_segment",)),
    ("add", "", ("add_segment",)),
    ("edit", "pk", ("change_segment",)),
    ("people", "pk", ("view_segment",)),
    ("members", "pk", ("view_segment", "view_profile")),
    ("members_results", "pk", ("view_segment", "view_profile")),
    ("upload", "pk", ("change_segment", "view_profile")),
    ("pick", "kind", ("change_segment",)),
    ("ready", "", ("add_segment",)),
]


@pytest.fixture
def vips(db: None) -> Segment:
    segment = Segment(key="vips", name="VIPs", kind="static")
    segment.save()
    segment.save_revision().publish()
    return segment


@pytest.mark.parametrize(("name", "takes", "permissions"), SCREENS)
def test_matrix(
    name: str, takes: str, permissions: tuple[str, ...], vips: Segment,
    log_in: Callable[..., Client],
) -> None:  # fmt: skip
    arguments: dict[str, tuple[Any, ...]] = {"": (), "pk": (vips.pk,), "kind": ("language",)}
    url = reverse(f"clm_segments:{name}", args=arguments[takes])

    anonymous = Client().get(url)
    assert anonymous["Location"].startswith(reverse("wagtailadmin_login"))
    for missing in ((), *((one,) for one in permissions if len(permissions) > 1)):
        refused = as_user(log_in, *missing).get(url)
        assert refused.status_code == 302, missing
    assert as_user(log_in, *permissions).get(url).status_code == 200


def as_user(log_in: Callable[..., Client], *codenames: str) -> Client:
    get_user_model().objects.filter(username="editor").delete()
    return log_in(*codenames)


def test_only_an_editor_of_segments_takes_people_off(
    vips: Segment, log_in: Callable[..., Client]
) -> None:
    url = reverse("clm_segments:remove", args=(vips.pk,))
    home = reverse("wagtailadmin_home")
    assert log_in("view_segment", "view_profile").post(url)["Location"] == home
    assert as_user(log_in, "change_segment").get(url).status_code == 405


def crowd(count: int) -> None:
    people = Profile.objects.bulk_create(
        Profile(created_at=NOW, first_name=f"P{n}", email=f"p{n}@example.com") for n in range(count)
    )
    Facts.objects.bulk_create(
        Facts(profile=one, orders=3, spend_minor=100 * n, last_order_at=NOW, last_seen_at=NOW)
        for n, one in enumerate(people)
    )


def test_the_list_asks_as_often_for_many(root: Client) -> None:
    crowd(3)
    make_segment()
    url = reverse("clm_segments:list")
    few = queries(root, url)
    assert few <= WAGTAIL + 12
    for n in range(20):
        make_segment(key=f"s{n}")
    assert queries(root, url) == few


def test_the_page_of_a_segment(root: Client) -> None:
    crowd(3)
    url = reverse("clm_segments:people", args=(make_segment().pk,))
    few = queries(root, f"{url}?who=p1@example.com")
    assert few <= WAGTAIL + 18
    crowd(300)
    evaluate(now=NOW)
    assert queries(root, f"{url}?who=p1@example.com") == few


def test_the_rfm_screen(root: Client) -> None:
    crowd(3)
    score_buyers(now=NOW)
    url = reverse("clm_rfm:index")
    few = queries(root, url)
    assert few <= WAGTAIL + 12
    crowd(300)
    score_buyers(now=NOW)
    assert queries(root, url) == few


def test_the_live_count(root: Client, django_assert_max_num_queries: Any) -> None:
    crowd(30)
    segment = make_segment(
        ("number", {"figure": "orders", "at_least": 2}),
        ("money", {"figure": "spend", "at_least": 1, "at_most": None}),
        ("country", {"countries": ["GB"]}),
    )
    from clm_plugin.console.segments_preview import answer
    from clm_plugin.segments.api import compile_segment

    group = compile_segment(segment).group
    assert group is not None
    # On PostgreSQL a time limit is four statements more for each of six questions.
    with django_assert_max_num_queries(25 if connection.vendor == "sqlite" else 60):
        answer(group, NOW, names=True)


def test_a_person_of_the_page_can_be_anybody(root: Client) -> None:
    make_person(first_name="Ann", customer_id="17")
    segment = make_segment()
    url = reverse("clm_segments:people", args=(segment.pk,))
    for asked in ("17", str(Profile.objects.get().pk)):
        assert "Out</span>" in root.get(url, {"who": asked}).content.decode()
