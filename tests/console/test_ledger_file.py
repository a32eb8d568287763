"""A file of store credit in the console: dry run, limits on its sum, a second person."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from clm_plugin import tasks
from clm_plugin.models import GrantRequest, Import, Lot, Transaction
from tests.console.makers import make_person
from tests.console.programmes import publish
from tests.console.test_ledger import url

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
MAY = ("view_profile", "view_import", "add_import", "add_grantrequest", "change_grantrequest")


@pytest.fixture
def root(log_in: Callable[..., Client]) -> Client:
    publish("tea")
    make_person(customer_id="17", email="ann@example.com")
    return log_in(*MAY)


def someone(name: str, *codes: str) -> Client:
    user = get_user_model().objects.create_user(name, password="x")
    ours = Permission.objects.filter(codename__in=codes, content_type__app_label="clm_plugin")
    user.user_permissions.set([*ours, Permission.objects.get(codename="access_admin")])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def looked_through(client: Client, amount: str) -> Import:
    file = BytesIO(
        f"customer number,programme,amount,reason,reference\n17,tea,{amount},sorry,r1\n".encode()
    )
    file.name = "credit.csv"
    client.post(reverse("clm_imports:new"), {"kind": "credit", "file": file})
    run = Import.objects.latest("pk")
    page = client.get(reverse("clm_imports:columns", args=[run.pk]))
    chosen = {name: field.value() or "" for name, field in
              ((each.html_name, each) for each in page.context["form"])}  # fmt: skip
    assert "ids" not in chosen
    client.post(reverse("clm_imports:columns", args=[run.pk]), chosen)
    tasks.read_in(run.pk)
    run.refresh_from_db()
    assert (run.state, run.new, run.bad) == ("checked", 1, 0)
    return run


def test_within_the_limit_it_is_read_in(root: Client) -> None:
    run = looked_through(root, "250")
    assert "£250.00" in root.get(reverse("clm_imports:run", args=[run.pk])).content.decode()
    for _ in range(2):
        root.post(reverse("clm_imports:begin", args=[run.pk]))
    tasks.read_in(run.pk)
    assert Lot.objects.get().granted_minor == 25_000
    assert GrantRequest.objects.get().state == "approved"


def test_beyond_it_somebody_else_approves_the_sum(root: Client) -> None:
    run = looked_through(root, "250.01")
    response = root.post(reverse("clm_imports:begin", args=[run.pk]))
    row = GrantRequest.objects.get()
    assert response["Location"] == url("request", row.pk)
    assert (row.state, row.file, row.amount_minor) == ("waiting", run.pk, 25_001)
    tasks.read_in(run.pk)
    assert not Transaction.objects.exists()
    root.post(url("approve", row.pk))
    row.refresh_from_db()
    assert row.state == "waiting"
    someone("max", *MAY).post(url("approve", row.pk))
    tasks.read_in(run.pk)
    assert Lot.objects.get().granted_minor == 25_001
    assert Transaction.objects.get().actor == "staff:editor, max"


def test_a_file_that_was_changed_is_not_approved(root: Client) -> None:
    run = looked_through(root, "300")
    root.post(reverse("clm_imports:begin", args=[run.pk]))
    Import.objects.filter(pk=run.pk).update(credit={"checked": {"GBP": 1}})
    row = GrantRequest.objects.get()
    page = someone("max", *MAY).post(url("approve", row.pk), follow=True).content.decode()
    assert "changed or read in since" in page
    row.refresh_from_db()
    assert row.state == "waiting"


def test_who_may_not_give_credit_does_not_see_it(root: Client) -> None:
    marketer = someone("mia", "view_profile", "view_import", "add_import")
    assert 'value="credit"' not in marketer.get(reverse("clm_imports:new")).content.decode()
    run = looked_through(root, "10")
    for name in ("run", "columns", "errors"):
        assert marketer.get(reverse(f"clm_imports:{name}", args=[run.pk])).status_code == 302
    assert marketer.post(reverse("clm_imports:begin", args=[run.pk])).status_code == 302
    assert not GrantRequest.objects.exists()


def test_the_screen_of_credit_by_hand_leads_to_a_file_of_it(root: Client) -> None:
    address = f"{reverse('clm_imports:new')}?kind=credit"
    assert f'href="{address}"' in root.get(url("requests")).content.decode()
    assert root.get(address).context["form"]["kind"].value() == "credit"
    strange = root.get(f"{reverse('clm_imports:new')}?kind=gold").context["form"]
    assert strange["kind"].value() == "customers"
    clerk = someone("clerk", "view_profile", "add_grantrequest")
    page = clerk.get(url("requests")).content.decode()
    assert url("give") in page
    assert address not in page
