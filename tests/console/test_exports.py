"""Lists as files: what is in them, who may take them, what the log keeps."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.signals import request_finished
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin.adapters.files import writing
from clm_plugin.models import (
    CompiledSegment,
    Consent,
    Facts,
    Membership,
    MergeRecord,
    RfmScore,
    Segment,
    Survey,
    TraitValue,
)
from tests.console.makers import make_person, make_receipt
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from clm_plugin.models import Profile

pytestmark = pytest.mark.django_db
CUSTOMERS = "clm_customers:index"


def address(name: str, *args: Any, **query: str) -> str:
    return reverse(name, args=args, query={"export": "1", **query})


def raw(client: Client, url: str, kind: str = "csv") -> bytes:
    response = client.post(url, {"format": kind})
    assert response.status_code == 200
    assert f".{kind}" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    close(response)
    return body


def close(response: Any) -> None:
    """End an answer that streams, but not the connection of the test with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_finished, "send", lambda **_: [])
        response.close()


def table(client: Client, url: str) -> list[dict[str, str]]:
    body = raw(client, url)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def entry() -> ModelLogEntry:
    return ModelLogEntry.objects.get(action="clm_plugin.export_list")


def make_ann(**more: Any) -> Profile:
    return make_person(
        **{
            "first_name": "Ann", "email": "ann@example.com", "customer_id": "17",
            "country": "GB", "stage": "retain", "orders": 3, "spend_minor": -12_345, **more,
        }
    )  # fmt: skip


def test_customers_with_their_consent(root: Client) -> None:
    ann = make_ann()
    Consent.objects.create(
        profile=ann, purpose="marketing", channel="mail", granted=False, changed_at=NOW
    )
    Consent.objects.create(
        profile=ann, purpose="marketing", channel="push", granted=True, changed_at=NOW
    )
    make_person(first_name="=cmd()", customer_id="-5", stage="acquire")
    rows = table(root, address(CUSTOMERS))
    assert [row["first_name"] for row in rows] == ["Ann", "'=cmd()"]
    assert rows[1]["customer_id"] == "-5"
    assert rows[1]["agreed_to_mail"] == ""
    wanted = {
        "profile": str(ann.pk), "email": "ann@example.com", "agreed_to_mail": "no",
        "country": "GB", "stage": "retain", "advocate": "no", "orders": "3", "spent": "-123.45",
        "currency": "GBP", "last_seen_at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "last_order_at": "",
    }  # fmt: skip
    assert {name: rows[0][name] for name in wanted} == wanted


def test_what_narrows_the_list_narrows_the_file_and_is_logged(root: Client) -> None:
    make_ann()
    make_person(first_name="Annabel", stage="acquire")
    make_person(first_name="Bob", stage="retain")
    rows = table(root, address(CUSTOMERS, stage="retain", q="ann", who="secret@example.com"))
    assert [row["first_name"] for row in rows] == ["Ann"]
    written = entry()
    assert written.user.username == "root"
    assert written.data == {
        "list": "customers", "at": reverse(CUSTOMERS), "format": "csv", "rows": 1, "whole": True,
        "filters": {"stage": ["retain"], "searched": True},
    }  # fmt: skip


def test_a_download_that_breaks_off_is_logged_as_far_as_it_came(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 2)
    for _ in range(5):
        make_person()
    response = root.post(address(CUSTOMERS), {"format": "csv"})
    pieces = iter(response.streaming_content)  # type: ignore[attr-defined]
    next(pieces)  # the header
    assert not ModelLogEntry.objects.filter(action="clm_plugin.export_list").exists()
    next(pieces)
    assert entry().data["rows"] == 0  # written before the first row left
    del pieces
    close(response)
    assert (entry().data["rows"], entry().data["whole"]) == (2, False)


def test_a_chunk_is_one_query(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 3)
    people = [make_person(customer_id=str(number)) for number in range(10)]
    response = root.post(address(CUSTOMERS), {"format": "csv"})
    with CaptureQueriesContext(connection) as queries:
        body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert [int(row["profile"]) for row in rows] == [person.pk for person in people]
    reads = [query for query in queries if 'FROM "clm_plugin_' in query["sql"]]
    assert len(reads) == 4
    assert len(queries) - len(reads) <= 8  # the entry of the log, and its end


def test_members_of_a_segment(root: Client) -> None:
    segment = Segment.objects.create(key="tea", name="Tea", kind="static", live=True)
    CompiledSegment.objects.create(key="tea", name="Tea", kind="static", compiled_at=NOW)
    ann, bob = make_ann(), make_person(first_name="Bob")
    Membership.objects.create(profile=ann, segment_id="tea", inside=True, since=NOW)
    Membership.objects.create(profile=bob, segment_id="tea", inside=False, since=NOW)
    url = address("clm_segments:members", segment.pk)
    assert url in root.get(reverse("clm_segments:people", args=[segment.pk])).content.decode()
    assert [row["first_name"] for row in table(root, url)] == ["Ann"]
    assert entry().label == "In “Tea”"


def test_receipts(root: Client) -> None:
    ann = make_ann()
    make_receipt(ann, campaign="tea", decided_at=NOW - timedelta(days=1))
    no = make_receipt(ann, campaign="mug", yes=False, rule="quiet_hours")
    wrong = root.post(address("clm_receipts:index", rule="nonsense"), {"format": "csv"})
    assert wrong["Location"] == reverse("clm_receipts:index", query={"rule": "nonsense"})
    rows = table(root, address("clm_receipts:index", yes="false"))
    assert [(row["receipt"], row["rule"], row["yes"], row["email"]) for row in rows] == [
        (str(no.pk), "quiet_hours", "no", "ann@example.com")
    ]


def test_rfm_scores_and_the_people_behind_a_field(root: Client) -> None:
    for name, r in (("Ann", 5), ("Bob", 1)):
        person = make_person(first_name=name, orders=2, spend_minor=500)
        RfmScore.objects.create(profile=person, r=r, f=4, m=3, name="champions", scored_at=NOW)
    rows = table(root, address("clm_rfm:index"))
    assert [(row["first_name"], row["r"], row["m"], row["spent"]) for row in rows] == [
        ("Ann", "5", "3", "5.00"), ("Bob", "1", "3", "5.00"),
    ]  # fmt: skip
    ModelLogEntry.objects.all().delete()
    rows = table(root, address("clm_rfm:people", r="5", f="4"))
    assert [(row["first_name"], row["rfm"]) for row in rows] == [("Ann", "champions")]
    assert entry().data["filters"] == {"r": ["5"], "f": ["4"]}


def test_parquet_has_types_and_the_cells_as_they_are(root: Client) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    make_ann(first_name="=cmd()")
    Facts.objects.update(last_order_at=None)
    found = parquet.read_table(io.BytesIO(raw(root, address(CUSTOMERS), "parquet")))
    types = {name: str(found.schema.field(name).type) for name in ("spent", "orders", "advocate")}
    assert types == {"spent": "decimal128(20, 2)", "orders": "int64", "advocate": "bool"}
    [row] = found.to_pylist()
    assert (row["first_name"], str(row["spent"]), row["last_seen_at"], row["last_order_at"]) == (
        "=cmd()", "-123.45", NOW, None,
    )  # fmt: skip


def test_parquet_of_nobody_can_be_read(root: Client) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    found = parquet.read_table(io.BytesIO(raw(root, address(CUSTOMERS), "parquet")))
    assert (found.num_rows, "email" in found.column_names) == (0, True)


def test_the_screen_before_says_what_the_file_holds(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ann()
    listed = root.get(reverse(CUSTOMERS), {"stage": "retain"}).content.decode()
    assert "?stage=retain&amp;export=1" in listed
    page = root.get(address(CUSTOMERS, stage="retain"))
    text = page.content.decode()
    assert "1 row" in text
    assert "agreed_to_mail" in text
    assert "newest" not in text
    assert 'value="parquet"' in text
    assert "10,000" in root.get(address(CUSTOMERS, q="ann")).content.decode()
    monkeypatch.setattr("clm_plugin.console.exports.has_parquet", lambda: False)
    text = root.get(address(CUSTOMERS)).content.decode()
    assert 'value="parquet"' not in text
    assert "clm-plugin[parquet]" in text
    refused = root.post(address(CUSTOMERS), {"format": "parquet"})
    assert "Select a valid choice" in refused.content.decode()
    assert not ModelLogEntry.objects.filter(action="clm_plugin.export_list").exists()


@pytest.mark.parametrize(
    ("codenames", "allowed"),
    [
        (("view_profile", "view_receipt", "view_numbers"), False),
        (("export_list", "view_receipt", "view_numbers"), False),
        (("export_list", "view_profile", "view_receipt", "view_numbers"), True),
    ],
)
@pytest.mark.parametrize("name", [CUSTOMERS, "clm_receipts:index", "clm_rfm:index"])
def test_who_may(
    log_in: Callable[..., Client], name: str, codenames: tuple[str, ...], allowed: bool
) -> None:
    make_ann()
    client = log_in(*codenames)
    url = address(name)
    for response in (client.get(url), client.post(url, {"format": "csv"})):
        assert (response.status_code == 200) is allowed
    shown = client.get(reverse(name))
    if shown.status_code == 200:
        assert ("export=1" in shown.content.decode()) is allowed


def test_answers_to_a_survey(root: Client) -> None:
    ann, bea = make_person(email="ann@example.com"), make_person(stage="loyal")
    make_person(merged_into=ann)
    survey = Survey.objects.create(key="nps", name="NPS", question="Would you?", kind="nps")
    values = {"told_at": NOW, "source": "survey"}
    TraitValue.objects.create(profile=ann, key="survey.nps", number=9, **values)
    TraitValue.objects.create(profile=bea, key="survey.nps", text="=1+1", **values)
    TraitValue.objects.create(profile=bea, key="survey.other", number=1, **values)
    rows = table(root, address("clm_surveys:results", survey.pk))
    assert {(row["email"], row["score"], row["answer"]) for row in rows} == {
        ("ann@example.com", "9", ""), ("", "", "'=1+1"),
    }  # fmt: skip
    assert {row["stage"] for row in rows} == {"acquire", "loyal"}
    assert entry().data["list"] == "survey_answers"


def test_the_log_of_merges(root: Client) -> None:
    ann = make_person(email="ann@example.com")
    other = make_person(merged_into=ann)
    for reason, undone in (("customer.logged_in", None), ("contact.verified", NOW)):
        MergeRecord.objects.create(
            survivor=ann, merged=other, reason=reason, merged_at=NOW, undone_at=undone
        )
    rows = table(root, address("clm_merges:index"))
    assert [row["email"] for row in rows] == ["ann@example.com"] * 2
    assert {row["merged"] for row in rows} == {str(other.pk)}
    assert {(row["reason"], bool(row["undone_at"])) for row in rows} == {
        ("customer.logged_in", False), ("contact.verified", True),
    }  # fmt: skip


def test_survey_answers_only_for_who_may(log_in: Callable[..., Client]) -> None:
    survey = Survey.objects.create(key="nps", name="NPS", question="Would you?", kind="nps")
    client = log_in("view_survey")
    url = address("clm_surveys:results", survey.pk)
    for response in (client.get(url), client.post(url, {"format": "csv"})):
        assert response.status_code == 302
