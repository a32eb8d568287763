"""Every screen by every kind of user; the menu shows what may be opened and no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from clm_plugin.console.group import LifecycleGroup
from clm_plugin.console.guard import GRANTABLE
from clm_plugin.insights.api import recount
from tests.console.makers import make_campaign, make_dead_letter, make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from clm_plugin.models import DeadLetter

# url name, with which permission, method
SCREENS = [
    ("clm_board:index", "view_numbers", "get"),
    ("clm_board:picture", "view_numbers", "get"),
    ("clm_board:benchmarks", "change_benchmark", "get"),
    ("clm_customers:index", "view_profile", "get"),
    ("clm_customers:index_results", "view_profile", "get"),
    ("clm_customers:customer", "view_profile", "get"),
    ("clm_campaigns:list", "view_campaign", "get"),
    ("clm_campaigns:add", "add_campaign", "get"),
    ("clm_campaigns:edit", "change_campaign", "get"),
    ("clm_campaigns:numbers", "view_campaign", "get"),
    ("clm_merges:index", "view_profile", "get"),
    ("clm_merges:index_results", "view_profile", "get"),
    ("clm_receipts:index", "view_receipt", "get"),
    ("clm_receipts:index_results", "view_receipt", "get"),
    ("clm_dead_letters:index", "view_deadletter", "get"),
    ("clm_dead_letters:replay", "change_deadletter", "post"),
    ("clm_dead_letters:replay_all", "change_deadletter", "post"),
    ("clm_health:index", "view_heartbeat", "get"),
]
OK = {"get": 200, "post": 302}


@pytest.fixture
def arguments(db: None) -> dict[str, tuple[Any, ...]]:
    person, campaign, letter = make_person(), make_campaign(), make_dead_letter()
    return {
        "clm_customers:customer": (person.pk,),
        "clm_campaigns:edit": (campaign.pk,),
        "clm_campaigns:numbers": (campaign.pk,),
        "clm_dead_letters:replay": (letter.pk,),
    }


@pytest.mark.parametrize(("name", "permission", "method"), SCREENS)
def test_matrix(
    name: str,
    permission: str,
    method: str,
    arguments: dict[str, tuple[Any, ...]],
    log_in: Callable[..., Client],
) -> None:
    url = reverse(name, args=arguments.get(name, ()))
    home, login = reverse("wagtailadmin_home"), reverse("wagtailadmin_login")

    def ask(client: Client) -> Any:
        return getattr(client, method)(url)

    anonymous = ask(Client())
    assert anonymous.status_code == 302
    assert anonymous.url.startswith(login)

    editor = log_in()
    refused = ask(editor)
    assert refused.status_code == 302
    assert refused.url == home

    allowed = ask(_as(log_in, permission))
    assert allowed.status_code == OK[method]
    if method == "post":
        assert allowed.url == reverse("clm_dead_letters:index")

    assert ask(_as(log_in, superuser=True)).status_code == OK[method]


def _as(log_in: Callable[..., Client], *codenames: str, superuser: bool = False) -> Client:
    from django.contrib.auth import get_user_model

    get_user_model().objects.filter(username__in=["editor", "root"]).delete()
    return log_in(*codenames, superuser=superuser)


@pytest.mark.parametrize(
    ("codenames", "shown"),
    [
        ((), []),
        (("view_numbers",), ["clm-board", "clm-rfm"]),
        (("view_profile",), ["clm-customers", "clm-merges"]),
        (("view_receipt",), ["clm-receipts"]),
        (("change_campaign",), ["clm-campaigns"]),
        (("view_deadletter", "view_heartbeat"), ["clm-dead-letters", "clm-health"]),
    ],
)
def test_menu(codenames: tuple[str, ...], shown: list[str], log_in: Callable[..., Client]) -> None:
    from django.contrib.auth import get_user_model

    log_in(*codenames)
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get(username="editor")
    group = LifecycleGroup().get_menu_item()
    assert [item.name for item in group.menu.menu_items_for_request(request)] == shown
    assert group.is_shown(request) == bool(shown)


def test_receipts_on_the_customer_page_need_their_own_permission(
    log_in: Callable[..., Client],
) -> None:
    person = make_person()
    url = reverse("clm_customers:customer", args=(person.pk,))
    question = "Why did this shopper get this"
    assert question not in log_in("view_profile").get(url).content.decode()
    both = _as(log_in, "view_profile", "view_receipt").get(url)
    assert question in both.content.decode()


def test_replay_button_is_only_shown_to_who_may_press_it(log_in: Callable[..., Client]) -> None:
    letter: DeadLetter = make_dead_letter()
    url = reverse("clm_dead_letters:index")
    button = reverse("clm_dead_letters:replay", args=(letter.pk,))
    assert button not in log_in("view_deadletter").get(url).content.decode()
    both = _as(log_in, "view_deadletter", "change_deadletter").get(url)
    assert button in both.content.decode()


def test_panel_on_the_home_page(log_in: Callable[..., Client]) -> None:
    make_person(stage="loyal")
    recount(now=NOW)
    url, board = reverse("wagtailadmin_home"), reverse("clm_board:index")
    link = f'href="{board}"'
    assert link not in log_in().get(url).content.decode()
    people = reverse("clm_customers:index") + "?stage=loyal"
    page = _as(log_in, "view_numbers").get(url).content.decode()
    assert link in page
    assert people not in page
    assert people in _as(log_in, "view_numbers", "view_profile").get(url).content.decode()


def test_groups_can_be_given_the_permissions(root: Client) -> None:
    page = root.get(reverse("wagtailusers_groups:add")).content.decode()
    given = Permission.objects.filter(content_type__app_label="clm_plugin", codename__in=GRANTABLE)
    assert len(given) == len(GRANTABLE)
    for permission in given:
        assert re.search(rf'name="permissions"[^>]*value="{permission.pk}"', page), permission
