"""Lifecycle models in the console: starts, who would move, warnings, publishing, permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from wagtail.snippets.models import create_extra_permissions

from clm_plugin import pipeline
from clm_plugin.campaigns.models import CompiledPlan
from clm_plugin.console.lifecycle_models_words import rules_of
from clm_plugin.events.models import QueuedEvent
from clm_plugin.lifecycle.api import DEFAULT, Entry, current_model, forget_model
from clm_plugin.lifecycle.models import LifecycleModel, PurchaseGap, Standing
from tests.console.makers import make_campaign
from tests.factories import NOW, days, order, store
from tests.lifecycle.authored import authored, from_template, publish, stage

pytestmark = pytest.mark.django_db
ALL = ("view", "add", "change", "delete", "publish")


@pytest.fixture(autouse=True)
def _no_model_left_over() -> Iterator[None]:
    forget_model()
    yield
    forget_model()


def url(name: str, *args: Any) -> str:
    return reverse(f"clm_lifecycle_models:{name}", args=args)


def customers(*orders_of: int) -> None:
    """Customers with so many orders each, and nobody else: not the editor who logged in."""
    QueuedEvent.objects.all().delete()
    for who, orders in enumerate(orders_of, 9_000):
        store(
            *(
                order(f"customer:{who}", f"{who}-{n}", NOW - days(orders - n))
                for n in range(orders)
            ),
            at=NOW,
        )
    pipeline.drain(now=NOW)


def test_without_a_model_of_its_own_the_shop_sees_the_built_in_one(root: Client) -> None:
    page = root.get(url("list")).content.decode()
    assert "In use: Eight stages" in page
    assert "No model of your own yet" in page
    assert "not known yet (0 of 20 gaps)" in page


def location(response: Any) -> str:
    """Where a redirect leads."""
    return str(response.url)


@pytest.mark.parametrize("key", ["default", "three", "race", "five"])
def test_one_click_starts_a_draft(root: Client, key: str) -> None:
    assert location(root.get(url("add"))) == url("start")
    assert f"/start/{key}/" in root.get(url("start")).content.decode()
    answer = root.post(url("start_from", key))
    draft = LifecycleModel.objects.get()
    assert location(answer) == url("edit", draft.pk)
    assert not draft.live
    assert root.get(location(answer)).status_code == 200
    assert current_model() == DEFAULT


def test_a_blank_start_a_copy_and_a_preview_open(root: Client) -> None:
    assert root.get(url("add") + "?blank=1").status_code == 200
    draft = from_template("three")
    draft.save_revision()
    assert root.get(url("copy", draft.pk)).status_code == 200
    preview = root.get(url("preview_on_edit", draft.pk))
    assert preview.status_code == 200


def test_the_preview_tells_rules_and_yardsticks(root: Client, rf: Any) -> None:
    from clm_plugin.console.api import preview_lifecycle

    PurchaseGap.objects.create(category_id="", median_days=34.2, gaps=99, computed_at=NOW)
    PurchaseGap.objects.create(category_id="7", median_days=20, gaps=5, computed_at=NOW)
    request = rf.get("/")
    request.user = root.get(url("list")).wsgi_request.user
    page = preview_lifecycle(request, from_template("default")).content.decode()
    assert "one purchase gap (about 34 days in this shop)" in page
    assert "34 days, from 99 gaps" in page
    assert "5 of 20 gaps; the shop&#x27;s is taken" in page or "5 of 20 gaps; the shop's" in page


def test_who_would_move(root: Client, django_assert_max_num_queries: Any) -> None:
    customers(1, 2, 5, 5)
    draft = from_template("three")
    draft.save_revision()
    with django_assert_max_num_queries(30):
        page = root.get(url("moves", draft.pk)).content.decode()
    assert 'data-moving="3"' in page
    assert "3 of 4 people would move" in page
    assert "Loyal → Retain" in page
    assert 'href="#move-loyal-retain">2</a>' in page
    assert page.count(reverse("clm_customers:index")) >= 3
    assert Standing.objects.filter(stage="loyal").count() == 2, "a look changes nothing"


def test_names_only_for_who_may_see_people(log_in: Callable[..., Client]) -> None:
    customers(1, 5)
    draft = from_template("three")
    draft.save_revision()
    client = log_in("view_lifecyclemodel", "change_lifecyclemodel")
    page = client.get(url("moves", draft.pk)).content.decode()
    assert "would move" in page
    assert "For example" not in page
    assert "Publish" not in page.split("<main", 1)[-1]


def test_publishing_from_the_screen(root: Client) -> None:
    customers(1, 5)
    draft = from_template("three")
    draft.save_revision()
    root.post(url("publish", draft.pk))
    assert current_model().keys == ("acquire", "convert", "retain")
    page = root.get(url("list")).content.decode()
    assert "Everybody is being placed anew" in page
    pipeline.sweep(now=NOW)
    assert set(Standing.objects.values_list("stage", flat=True)) == {"retain"}
    page = root.get(url("list")).content.decode()
    assert "2 people moved" in page
    assert "in use" in page


def test_an_incomplete_draft_is_not_published(root: Client) -> None:
    draft = authored(stage("A", "a"), stage("B", "b"))
    draft.save_revision()
    assert location(root.post(url("publish", draft.pk))) == url("edit", draft.pk)
    assert current_model() == DEFAULT


def test_a_draft_without_stages_says_what_to_do(root: Client) -> None:
    draft = authored()
    draft.save_revision()
    page = root.get(url("moves", draft.pk)).content.decode()
    assert "Add stages to the draft first" in page


def make_live(stages: list[str], name: str) -> None:
    campaign = make_campaign(stages=stages, name=name)
    if not CompiledPlan.objects.filter(campaign=campaign.key).exists():
        campaign.save_revision().publish()


def test_campaigns_that_would_lose_their_stage_are_named_before_publishing(root: Client) -> None:
    make_live(["loyal", "retain"], "Thank the loyal")
    customers(5)
    draft = from_template("three")
    draft.save_revision()
    page = root.get(url("edit", draft.pk))
    form = dict(page.context["form"].initial)
    assert form["name"]
    moves = root.get(url("moves", draft.pk)).content.decode()
    assert "Thank the loyal" in moves
    assert "Loyal" in moves
    assert "Publish anyway" in moves
    kept = from_template("default")
    kept.save_revision()
    assert "Thank the loyal" not in root.get(url("moves", kept.pk)).content.decode()


def test_unpublishing_says_what_takes_over(root: Client) -> None:
    model = publish(from_template("three"))
    page = root.get(url("unpublish", model.pk)).content.decode()
    assert "the built-in model of eight stages takes over" in page
    root.post(url("unpublish", model.pk))
    assert current_model().key == DEFAULT.key
    assert "not in use" in root.get(url("list")).content.decode()


@pytest.mark.parametrize(
    ("granted", "seen", "added", "published"),
    [
        ((), False, False, False),
        (("view_profile",), False, False, False),
        (("view_lifecyclemodel",), True, False, False),
        (("view_lifecyclemodel", "add_lifecyclemodel"), True, True, False),
        (tuple(f"{action}_lifecyclemodel" for action in ALL), True, True, True),
    ],
)
def test_permissions(
    log_in: Callable[..., Client],
    granted: tuple[str, ...],
    seen: bool,
    added: bool,
    published: bool,
) -> None:
    draft = from_template("three")
    draft.save_revision()
    url("list")  # Wagtail knows its snippets once the addresses are read
    create_extra_permissions(apps.get_app_config("clm_plugin"))
    client = log_in(*granted)
    assert _opened(client.get(url("moves", draft.pk))) == seen
    assert _opened(client.get(url("list"))) == seen
    assert _opened(client.get(url("start"))) == added
    client.post(url("start_from", "five"))
    assert LifecycleModel.objects.count() == 1 + added
    client.post(url("publish", draft.pk))
    assert (current_model() != DEFAULT) == published


def _opened(answer: Any) -> bool:
    return bool(answer.status_code == 200)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (Entry(known=True), ["is known by account or e-mail"]),
        (Entry(engaged_views=3), ["is known, or has viewed 3 products or more"]),
        (Entry(min_views=2), ["has viewed 2 products or more"]),
        (Entry(max_orders=0), ["has no order yet"]),
        (Entry(min_orders=1, max_orders=1), ["has exactly 1 order"]),
        (Entry(max_orders=4), ["has 4 orders at most"]),
        (Entry(min_orders=2, max_orders=4), ["has 2 to 4 orders"]),
        (Entry(min_spend_minor=5_000), ["has spent £50.00 or more"]),
        (Entry(basket_within=days(3)), ["has a basket changed within 3 days"]),
        (
            Entry(silent_gaps=1.5, silent_for=days(1)),
            [
                "last ordered 1.5 purchase gaps (about 60 days in this shop) ago or longer",
                "last ordered 1 day ago or longer",
            ],
        ),
        (
            Entry(bought_within_gaps=3.0),
            ["last ordered less than 3 purchase gaps (about 120 days in this shop) ago"],
        ),
    ],
)
def test_rules_in_words(entry: Entry, told: list[str]) -> None:
    assert rules_of(entry, 40.0) == told
