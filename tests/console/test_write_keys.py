"""Write keys in the console and on the command line: shown once, guarded, on the record."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin.adapters.segment.api import make_key
from clm_plugin.adapters.segment.keys import find_key
from clm_plugin.models import WriteKey
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
INDEX, NEW = "clm_write_keys:index", "clm_write_keys:new"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Till", "kind": "server", "ids_are": "external", "source": "till", "origins": ""
    } | changes  # fmt: skip


def shown_key(page: str) -> str:
    found = re.search(r'value="(clm_[sb]_[^"]+)"', page)
    assert found, page
    return found[1]


def test_a_key_is_shown_once(root: Client) -> None:
    made = root.post(reverse(NEW), form())
    assert "no-store" in made["Cache-Control"]
    secret = shown_key(made.content.decode())
    key = find_key(secret)
    assert key is not None
    assert (key.name, key.kind, key.ids_are, key.source) == ("Till", "server", "external", "till")
    assert (key.created_by.username if key.created_by else "", key.created_at) == ("root", NOW)
    listed = root.get(reverse(INDEX)).content.decode()
    assert "Till" in listed
    assert f"{secret[:10]}…" in listed
    assert secret not in listed


def test_making_and_revoking_are_on_the_record(root: Client) -> None:
    root.post(reverse(NEW), form())
    key = WriteKey.objects.get()
    url = reverse("clm_write_keys:revoke", args=(key.pk,))
    assert "Till" in root.get(url).content.decode()
    assert WriteKey.objects.get().revoked_at is None  # GET changes nothing
    answer = root.post(url, follow=True)
    assert "Revoked" in answer.content.decode()
    assert WriteKey.objects.get().revoked_at == NOW
    entries = ModelLogEntry.objects.order_by("pk").values_list("action", "user__username")
    assert list(entries) == [("wagtail.create", "root"), ("clm_plugin.revoke", "root")]
    assert root.post(url).status_code == 404


def test_a_browser_key_has_origins_and_no_customer_ids(root: Client) -> None:
    told = form(
        kind="browser", ids_are="customer", origins="https://a.example\n\nHTTPS://B.example/\n"
    )
    root.post(reverse(NEW), told)
    key = WriteKey.objects.get()
    assert (key.kind, key.ids_are) == ("browser", "external")
    assert key.origins == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("source", "Shop Front", "lower-case"),
        ("source", "shop", "own words"),
        ("source", "", "required"),
        ("name", " ", "required"),
        ("kind", "both", "valid choice"),
        ("origins", "https://a.example/path", "is not like"),
        ("origins", "javascript:alert(1)", "is not like"),
        ("origins", "*", "is not like"),
        ("origins", "https://u:p@a.example", "is not like"),
        ("origins", "https://a.example:x", "is not like"),
    ],
)
def test_what_is_wrong_says_what_to_do(root: Client, field: str, value: str, said: str) -> None:
    page = root.post(reverse(NEW), form(kind="browser") | {field: value}).content.decode()
    assert said in page
    assert WriteKey.objects.count() == 0


def test_what_a_sender_wrote_is_text(root: Client) -> None:
    make_key(name="<b>x</b>", source="till", now=NOW)
    WriteKey.objects.update(refused_at=NOW, refused_why="<img src=x onerror=alert(1)>: no")
    page = root.get(reverse(INDEX)).content.decode()
    assert "<b>x</b>" not in page
    assert "<img src=x" not in page
    assert "A message was refused" in page


@pytest.mark.parametrize(
    ("name", "permission"),
    [(INDEX, "view_writekey"), (NEW, "add_writekey"), ("clm_write_keys:revoke", "change_writekey")],
)
def test_each_screen_has_its_permission(
    name: str, permission: str, log_in: Callable[..., Client]
) -> None:
    from django.contrib.auth import get_user_model

    key = make_key(name="Till", source="till", now=NOW).key
    url = reverse(name, args=(key.pk,) if name.endswith("revoke") else ())
    others = {"view_writekey", "add_writekey", "change_writekey"} - {permission}
    assert Client().get(url).status_code == 302
    for method in ("get", "post"):
        refused = getattr(log_in(*others), method)(url)
        assert (refused.status_code, refused.url) == (302, reverse("wagtailadmin_home"))
        get_user_model().objects.filter(username="editor").delete()
    assert log_in(permission).get(url).status_code == 200
    assert WriteKey.objects.count() == 1


def test_who_may_only_look_sees_no_buttons(log_in: Callable[..., Client]) -> None:
    make_key(name="Till", source="till", now=NOW)
    page = log_in("view_writekey").get(reverse(INDEX)).content.decode()
    assert "Till" in page
    assert reverse(NEW) not in page
    assert "/revoke/" not in page


def test_the_empty_screen_says_where_to_send(root: Client) -> None:
    assert "http://testserver/clm/v1/batch" in root.get(reverse(INDEX)).content.decode()


def test_a_few_queries_for_many_keys(root: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        make_key(name=f"Till {number}", source="till", now=NOW)
    root.get(reverse(INDEX))
    with django_assert_max_num_queries(20):
        root.get(reverse(INDEX))


class TestCommand:
    @staticmethod
    def run(*args: str) -> str:
        out = StringIO()
        call_command("clm_writekey", *args, stdout=out, stderr=StringIO())
        return out.getvalue()

    def test_makes_one_and_prints_nothing_else(self) -> None:
        secret = self.run("Till", "--source", "till", "--customer-ids").strip()
        key = find_key(secret)
        assert key is not None
        assert (key.kind, key.ids_are) == ("server", "customer")

    def test_a_browser_key(self) -> None:
        self.run("Page", "--source", "web", "--browser", "--origin", "https://a.example")
        assert WriteKey.objects.get().origins == ["https://a.example"]

    def test_lists_and_revokes(self) -> None:
        secret = self.run("Till", "--source", "till").strip()
        assert "in force" in self.run()
        assert secret not in self.run()
        self.run("--revoke", secret)
        assert "revoked" in self.run()
        assert find_key(secret) is None
        with pytest.raises(CommandError, match="0 keys"):
            self.run("--revoke", secret)

    @pytest.mark.parametrize("args", [("Till",), ("Till", "--source", "Shop Front")])
    def test_says_what_is_missing(self, args: tuple[str, ...]) -> None:
        with pytest.raises(CommandError, match="source"):
            self.run(*args)
