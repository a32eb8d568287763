"""Credit by hand in the console: the form, limits, approval by another, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin.models import GrantRequest, Lot, Profile, Transaction
from tests.console.makers import make_person
from tests.console.programmes import publish
from tests.console.test_ledger import account, granted, url
from tests.factories import NOW
from tests.wallet.ledger import days

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
GIVE = ("view_profile", "view_account", "add_grantrequest")


@pytest.fixture
def ann() -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


@pytest.fixture
def tea(db: None) -> None:
    publish("tea", days=30)


@pytest.fixture
def eve(log_in: Callable[..., Client]) -> Client:
    return log_in(*GIVE)


@pytest.fixture
def manager(db: None) -> Client:
    user = get_user_model().objects.create_user("max", password="x")
    codes = (*GIVE, "change_grantrequest")
    user.user_permissions.set(
        [*Permission.objects.filter(codename__in=codes, content_type__app_label="clm_plugin"),
         Permission.objects.get(codename="access_admin")]
    )  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(client: Client, person: Profile | None = None, **values: Any) -> dict[str, Any]:
    page = client.get(url("give", **({"profile": person.pk} if person else {})))
    filled = {
        "key": page.context["form"]["key"].value(), "kind": "grant", "programme": "tea",
        "amount": "10", "reason": "a broken cup", "opens": "", "until": "",
    }  # fmt: skip
    return filled | values


def send(client: Client, person: Profile | None, values: dict[str, Any]) -> Any:
    return client.post(url("give", **({"profile": person.pk} if person else {})), values)


def test_limits_are_said_in_a_sentence(eve: Client, ann: Profile, tea: None) -> None:
    page = " ".join(eve.get(url("give", profile=ann.pk)).content.decode().split())
    said = "You may still give or take <strong>£25.00</strong> by yourself within a day. What is"
    assert said in page


def test_without_a_programme_no_limit_is_said(eve: Client, ann: Profile) -> None:
    page = eve.get(url("give", profile=ann.pk)).content.decode()
    assert "within a day" not in page
    assert '<p class="clm-hint">What is beyond' in page


def test_given_at_once_and_once(eve: Client, ann: Profile, tea: None) -> None:
    values = form(eve, ann)
    for _ in range(2):  # a double click
        response = send(eve, ann, values)
        assert response.status_code == 302
    assert account(ann).balance_minor == 1000
    row = GrantRequest.objects.get()
    assert (row.state, row.requested_name) == ("approved", "editor")
    lot = Lot.objects.get()
    assert lot.opens_at == NOW
    assert lot.expires_at is not None
    assert lot.expires_at.date() == (NOW + days(31)).date()
    assert ModelLogEntry.objects.filter(action="clm_plugin.give_credit").count() == 1
    assert "transaction" in eve.get(response.url).content.decode()


def test_dates_are_the_shops_days(eve: Client, ann: Profile, tea: None) -> None:
    opens, until = (NOW + days(3)).date(), (NOW + days(9)).date()
    send(eve, ann, form(eve, ann, opens=opens.isoformat(), until=until.isoformat()))
    lot = Lot.objects.get()
    assert lot.opens_at.date() == opens
    assert lot.expires_at is not None
    assert lot.expires_at.date() == (NOW + days(10)).date(), "the last day still counts"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": " "}, "required"),
        ({"amount": "0"}, "above nought"),
        ({"amount": "-5"}, "above nought"),
        ({"amount": "NaN"}, "number"),
        ({"amount": "1.005"}, "in steps of £0.01: round it"),
        ({"amount": "10000000000"}, "digits before"),
        ({"until": "2000-01-01"}, "could never be spent"),
        ({"programme": "other"}, "valid choice"),
    ],
)
def test_refused(eve: Client, ann: Profile, tea: None, values: Any, said: str) -> None:
    page = send(eve, ann, form(eve, ann, **values)).content.decode()
    assert said in page
    assert not GrantRequest.objects.exists()


def test_somebody_is_named_by_address_or_number(eve: Client, ann: Profile, tea: None) -> None:
    for name in ("ann@example.com", "17"):
        assert send(eve, None, form(eve, customer=name)).status_code == 302
    assert account(ann).balance_minor == 2000
    assert "Nobody has this" in send(eve, None, form(eve, customer="x")).content.decode()
    make_person(email="ann@example.com", customer_id="18")
    twice = send(eve, None, form(eve, customer="ann@example.com"))
    assert "Several people" in twice.content.decode()


def test_a_guest_with_the_address_of_a_customer(eve: Client, ann: Profile, tea: None) -> None:
    make_person(email="ann@example.com")
    assert send(eve, None, form(eve, customer="ann@example.com")).status_code == 302
    assert account(ann).balance_minor == 1000


def test_staff_grants_10_000(eve: Client, manager: Client, ann: Profile, tea: None) -> None:
    """Case 41: the role's limit, and a second approver."""
    response = send(eve, ann, form(eve, ann, amount="10000"))
    row = GrantRequest.objects.get()
    assert row.state == "waiting"
    assert not Transaction.objects.exists()
    assert "clm-badge" in manager.get(url("index")).content.decode()
    assert "Approve" not in eve.get(response.url).content.decode()
    assert eve.post(url("approve", row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting", "no permission to approve"
    assert "Approve" in manager.get(url("requests")).content.decode()
    for _ in range(2):
        manager.post(url("approve", row.pk))
    assert account(ann).balance_minor == 1_000_000
    assert Transaction.objects.get().actor == "staff:editor, max"
    assert ModelLogEntry.objects.filter(action="clm_plugin.approve_credit").count() == 1


def test_nobody_approves_her_own(manager: Client, ann: Profile, tea: None) -> None:
    send(manager, ann, form(manager, ann, amount="10000"))
    row = GrantRequest.objects.get()
    page = manager.get(url("requests")).content.decode()
    assert "Withdraw" in page
    assert "Approve<" not in page
    said = manager.post(url("approve", row.pk), follow=True).content.decode()
    assert "Somebody else has to agree" in said
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_manager_gives_more_by_herself(manager: Client, ann: Profile, tea: None) -> None:
    send(manager, ann, form(manager, ann, amount="250"))
    assert GrantRequest.objects.get().state == "approved"


def test_refused_and_withdrawn(eve: Client, manager: Client, ann: Profile, tea: None) -> None:
    for _ in range(2):
        send(eve, ann, form(eve, ann, amount="900"))
    first, second = GrantRequest.objects.order_by("pk")
    manager.post(url("refuse", first.pk), {"why": "too much"})
    eve.post(url("refuse", second.pk))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.closed_why) == ("refused", "too much")
    assert second.state == "withdrawn"
    assert "too much" in eve.get(url("request", first.pk)).content.decode()


def test_others_requests_are_for_who_may_approve(
    eve: Client, manager: Client, ann: Profile, tea: None
) -> None:
    send(manager, ann, form(manager, ann, amount="900", reason="secret"))
    row = GrantRequest.objects.get()
    assert "secret" not in eve.get(url("requests")).content.decode()
    assert eve.get(url("request", row.pk)).status_code == 302
    assert eve.post(url("refuse", row.pk)).status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting"


def test_taken_away(eve: Client, ann: Profile, tea: None) -> None:
    granted(ann, 1500)
    send(eve, ann, form(eve, ann, kind="deduct", amount="5"))
    assert account(ann).balance_minor == 1000
    page = send(eve, ann, form(eve, ann, kind="deduct", amount="20")).content.decode()
    assert "not enough credit" in page
    assert account(ann).balance_minor == 1000


def test_a_grant_is_undone_by_its_reversal(root: Client, ann: Profile, tea: None) -> None:
    send(root, ann, form(root, ann))
    tid = GrantRequest.objects.get().transaction_id
    root.post(url("reverse", tid), {"reason": "the wrong Ann"})
    assert account(ann).balance_minor == 0


def test_credit_of_a_programme_that_is_offline_can_only_be_taken(eve: Client, ann: Profile) -> None:
    granted(ann, 1000, programme="old")
    page = send(eve, ann, form(eve, ann, programme="old")).content.decode()
    assert "offline" in page
    assert send(eve, ann, form(eve, ann, programme="old", kind="deduct")).status_code == 302
    assert account(ann).balance_minor == 0


def test_not_for_everybody(log_in: Callable[..., Client], ann: Profile) -> None:
    client = log_in("view_profile", "view_account")
    assert client.get(url("give")).status_code == 302
    assert client.get(url("requests")).status_code == 302
    page = client.get(reverse("clm_customers:customer", args=(ann.pk,))).content.decode()
    assert "give or take" not in page


def test_a_merged_customer_is_who_she_became(eve: Client, ann: Profile, tea: None) -> None:
    old = make_person(first_name="Old")
    Profile.objects.filter(pk=old.pk).update(merged_into=ann)
    send(eve, old, form(eve, old))
    assert account(ann).balance_minor == 1000
