"""A programme and an offer on their way through Wagtail's own workflow, lock and schedule."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask

from clm_plugin.offers import api as offers
from clm_plugin.offers.authoring import Offer
from clm_plugin.offers.recipes import install_offer
from clm_plugin.roles import install_roles
from clm_plugin.scheduled import publish_scheduled
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.authoring import Programme
from clm_plugin.wallet.recipes import install_programme
from tests.wallet.shop_events import left, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

LONG = 30_000
"""Milliseconds for a page of the admin to come, on a machine that has other things to do."""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def approval_by(group: Group) -> None:
    """What a shop sets up under Settings, Workflows: one task, for offers and programmes."""
    workflow = Workflow.objects.create(name="Money is looked at twice")
    task = GroupApprovalTask.objects.create(name="A manager agrees")
    task.groups.add(group)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for model in (Offer, Programme):
        kind = ContentType.objects.get_for_model(model)
        WorkflowContentType.objects.create(workflow=workflow, content_type=kind)


@pytest.fixture
def enter(
    browser: Browser, browser_context_args: dict[str, Any], live_server: LiveServer, settings: Any
) -> Iterator[Callable[[str], Page]]:
    """``enter("marketer")``: the admin in the browser of somebody in that role."""
    settings.CLM = {**settings.CLM, "SHOP": "tests.widgets.gift_shop.GiftShop"}
    install_roles()
    approval_by(Group.objects.get(name="Lifecycle: manager"))
    contexts = []

    def make(role: str) -> Page:
        user = get_user_model().objects.create_user(role, f"{role}@example.com", "x")
        user.groups.add(Group.objects.get(name=f"Lifecycle: {role}"))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url})
        contexts.append(context)
        cookie = client.cookies["sessionid"].value
        # Wagtail remembers which panel was open at the side: that of schedule and lock.
        context.add_init_script("localStorage.setItem('wagtail:side-panel-open', 'status')")
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def draft_offer() -> str:
    made = install_offer(
        key="spring", name="Spring", title="10 % off", currency="GBP", given="everybody",
        effect=("percent", {"percent": Decimal(10)}), publish=False,
    )  # fmt: skip
    assert made is not None
    return reverse("clm_offers:edit", args=(made.pk,))


def draft_programme() -> str:
    made = install_programme(
        key="harbour", name="Harbour credit", currency="GBP", pending_days=0, publish=False,
        earn=[("percent", {"percent": Decimal(5)})], earn_exclusions=[],
    )  # fmt: skip
    assert made is not None
    return reverse("clm_programmes:edit", args=(made.pk,))


def shows(page: Page, text: str) -> None:
    words = re.compile(text, re.IGNORECASE)
    expect(page.locator("main")).to_contain_text(words, timeout=LONG)


def submit(page: Page, edit: str) -> None:
    """The marketer may not publish: she hands it in, and it is out of her hands."""
    page.goto(edit)
    actions = page.locator("footer")
    actions.get_by_role("button", name="More actions").click()
    expect(actions.get_by_role("button", name="Publish")).to_have_count(0)
    actions.get_by_role("button", name="Submit to Money is looked at twice").click()
    page.wait_for_url(re.compile(r"/(offers|programmes)/$"))
    shows(page, "moderation")


def approve(page: Page, name: str, title: str, at: datetime) -> None:
    """The manager finds it on her first page, sees all of it, gives it a date, and locks it."""
    page.goto("/admin/")
    page.get_by_role("link", name=name).click()
    expect(page.locator("#w-editor-form")).to_contain_text(title, timeout=LONG)
    page.get_by_role("button", name="Set schedule").click()
    page.get_by_label("Go live date/time").fill(f"{at:%Y-%m-%d %H:%M}")
    page.get_by_role("button", name="Save schedule").press("Enter")  # the calendar lies over it
    page.get_by_role("button", name="Edit schedule").wait_for()
    page.get_by_text("Lock", exact=True).click()
    shows(page, "was locked by you")


def publish(page: Page) -> None:
    actions = page.locator("footer")
    actions.get_by_role("button", name="More actions").click()
    actions.get_by_role("button", name="Approve and Publish").click()
    page.wait_for_url(re.compile(r"/(offers|programmes)/$"))
    shows(page, "scheduled")


def is_locked(page: Page, edit: str) -> None:
    page.goto(edit)
    shows(page, "was locked by manager")
    expect(page.locator("footer").get_by_role("button", name="Save draft")).to_have_count(0)


def test_money_goes_live_by_a_second_person_and_on_its_day(
    enter: Callable[[str], Page],
) -> None:
    marketer, manager = enter("marketer"), enter("manager")
    day = (timezone.localtime() + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    for edit, name, title in (
        (draft_offer(), "Spring", "Per cent off"),
        (draft_programme(), "Harbour credit", "A percentage of an order"),
    ):
        submit(marketer, edit)
        approve(manager, name, title, day)
        is_locked(marketer, edit)
        publish(manager)

    now = timezone.now()
    assert publish_scheduled(now=now) == 0
    placed("1", 100_00, at=now)
    assert offers.live_offers() == {}
    assert wallet.live_programmes().plans == {}
    assert left() == []

    later = day + timedelta(hours=1)
    assert publish_scheduled(now=later) == 2
    assert publish_scheduled(now=later) == 0
    placed("2", 100_00, at=later)
    assert set(offers.live_offers()) == {"spring"}
    assert left() == [5_00]
    for screen in ("clm_offers:list", "clm_programmes:list"):
        marketer.goto(reverse(screen))
        shows(marketer, "live")
