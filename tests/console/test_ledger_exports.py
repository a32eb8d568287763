"""Store credit as files: a journal that sums to zero, and that no spreadsheet runs."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from tests.console.makers import make_person
from tests.console.test_ledger import SEE, account, granted, url
from tests.factories import NOW
from tests.wallet.ledger import pay

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from clm_plugin.models import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


def rows_of(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_exports(root: Client, ann: Profile) -> None:
    granted(ann, reason="=1+1")
    pay(ann.pk, 305, "o1", now=NOW)
    journal = rows_of(root.post(url("transactions") + "?export=1", {"format": "csv"}))
    assert len(journal) == 4
    assert sum(float(row["amount"]) for row in journal) == 0
    assert {row["amount"] for row in journal} == {"10.000", "-10.000", "3.050", "-3.050"}
    assert journal[0]["reason"] == "'=1+1", "no spreadsheet runs it"
    spent = rows_of(root.post(url("transactions", export=1, kind="capture"), {"format": "csv"}))
    assert len(spent) == 2
    own = rows_of(root.post(url("account", account(ann).pk, export=1), {"format": "csv"}))
    assert [row["amount"] for row in own] == ["10.000", "-3.050"]
    (lot,) = rows_of(root.post(url("lots", account(ann).pk, export=1), {"format": "csv"}))
    assert (lot["granted"], lot["left"], lot["currency"]) == ("10.000", "6.950", "GBP")


def test_no_export_without_the_right(log_in: Callable[..., Client], ann: Profile) -> None:
    client = log_in(*SEE)
    assert "export=1" not in client.get(url("transactions")).content.decode()
    assert client.post(url("transactions", export=1), {"format": "csv"}).status_code == 302
