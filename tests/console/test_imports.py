"""Imports in the console: from a file to its refused rows, with a worker in between."""

from io import BytesIO

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from clm_plugin import tasks
from clm_plugin.adapters.files.models import Import
from clm_plugin.models import Event

pytestmark = pytest.mark.django_db

FILE = b"""Customer ID,E-Mail,First name,Updated
1,ada@example.com,Ada,2026-01-05
2,notanaddress,=cmd(),2026-01-05
3,carol@example.com,Carol,2026-02-30
"""


def upload(client: Client, raw: bytes = FILE, kind: str = "customers") -> Import:
    file = BytesIO(raw)
    file.name = "people.csv"
    response = client.post(reverse("clm_imports:new"), {"kind": kind, "file": file})
    assert response.status_code == 302, response.context["form"].errors
    return Import.objects.latest("pk")


COLUMNS = {
    "column-id": "Customer ID",
    "column-email": "E-Mail",
    "column-first_name": "First name",
    "column-when": "Updated",
    "dates": "iso",
    "zone": "UTC",
    "ids": "customer",
}


def test_from_a_file_to_people(admin_client: Client) -> None:
    run = upload(admin_client)
    page = admin_client.get(reverse("clm_imports:columns", args=[run.pk]))
    form = page.context["form"]
    assert {name: form[name].value() for name in COLUMNS if name.startswith("column-")} == {
        name: value for name, value in COLUMNS.items() if name.startswith("column-")
    }
    assert "ada@example.com" in page.content.decode()
    admin_client.post(reverse("clm_imports:columns", args=[run.pk]), COLUMNS)
    url = reverse("clm_imports:run", args=[run.pk])
    waiting = admin_client.get(url).content.decode()
    assert "<progress" in waiting
    assert 'http-equiv="refresh"' in waiting
    tasks.read_in(run.pk)
    looked = admin_client.get(url).content.decode()
    assert "Nothing has been written yet" in looked
    assert "“notanaddress” is no address" in looked
    assert "“2026-02-30” is not a date such as 2026-11-22" in looked
    assert not Event.objects.filter(source="import").exists()
    admin_client.post(reverse("clm_imports:begin", args=[run.pk]))
    tasks.read_in(run.pk)
    assert Event.objects.filter(source="import").count() == 1
    run.refresh_from_db()
    assert (run.state, run.new, run.bad) == ("done", 1, 2)
    assert 'http-equiv="refresh"' not in admin_client.get(url).content.decode()


def test_the_refused_rows_come_back_harmless(admin_client: Client) -> None:
    run = upload(admin_client)
    admin_client.post(reverse("clm_imports:columns", args=[run.pk]), COLUMNS)
    tasks.read_in(run.pk)
    response = admin_client.get(reverse("clm_imports:errors", args=[run.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert text.splitlines()[0] == "Customer ID,E-Mail,First name,Updated,why"
    assert "'=cmd()" in text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b"a,b\n", "no row behind the names"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,a\n1,2\n", "two columns are called"),
    ],
)
def test_files_that_cannot_be_read_say_so(admin_client: Client, raw: bytes, words: str) -> None:
    file = BytesIO(raw)
    file.name = "x.csv"
    response = admin_client.post(reverse("clm_imports:new"), {"kind": "customers", "file": file})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"column-when": ""}, "This field is required"),
        ({"column-id": "", "column-email": ""}, "no column for"),
        ({"column-id": "Updated"}, "used for two fields"),
        ({"zone": "Nowhere/City"}, "no time zone"),
        ({"ids": "other"}, "short name"),
    ],
)
def test_columns_that_do_not_do_say_so(
    admin_client: Client, change: dict[str, str], words: str
) -> None:
    run = upload(admin_client)
    url = reverse("clm_imports:columns", args=[run.pk])
    response = admin_client.post(url, COLUMNS | change)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_an_empty_list_says_what_to_do_and_a_deleted_import_is_gone(admin_client: Client) -> None:
    index = reverse("clm_imports:index")
    assert "Nothing has been imported yet" in admin_client.get(index).content.decode()
    run = upload(admin_client)
    assert "people.csv" in admin_client.get(index).content.decode()
    admin_client.post(reverse("clm_imports:delete", args=[run.pk]))
    assert not Import.objects.exists()


def test_who_may_not(admin_client: Client) -> None:
    run = upload(admin_client)
    user = User.objects.create_user("writer", password="x")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user)
    for name in ("new", "columns", "run", "errors"):
        args = [] if name == "new" else [run.pk]
        assert client.get(reverse(f"clm_imports:{name}", args=args)).status_code in (302, 403)
    assert client.post(reverse("clm_imports:begin", args=[run.pk])).status_code in (302, 403)
