"""The books in the console: totals, search, one account, one transaction, its reversal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin.console.ledger_keyset import PAGE
from clm_plugin.console.ledger_lists import accounts_of, narrowed
from clm_plugin.insights.api import count_credit
from clm_plugin.models import Account, Profile, Transaction
from clm_plugin.wallet import api as wallet
from tests.console.makers import make_person
from tests.factories import NOW
from tests.wallet.ledger import TEA, days, give, new_key, pay, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
SEE = ("view_profile", "view_account")
INDEX = "clm_ledger:index"


def url(name: str, *args: Any, **query: Any) -> str:
    return reverse(f"clm_ledger:{name}", args=args, query=query)


def granted(person: Profile, minor: int = 1000, **kwargs: Any) -> int:
    return give(
        person.pk, minor, **({"opens_at": NOW, "expires_at": NOW + days(30), "now": NOW} | kwargs)
    ).transaction_id or 0  # fmt: skip


@pytest.fixture
def ann() -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


def account(person: Profile) -> Account:
    return Account.objects.get(profile=person, purpose="customer")


def test_the_books(root: Client, ann: Profile) -> None:
    granted(ann)
    pay(ann.pk, 300, "o1", now=NOW)
    page = root.get(url("index")).content.decode()
    for text in ("£10.00", "£3.00", "£7.00", "never proven", "+£10.00", "−£3.00", "Order o1"):
        assert text in page, text
    assert page.count(f'href="{url("liability")}"') == 2, "of the tab, and of the table"


def test_numbers_without_people(log_in: Callable[..., Client], ann: Profile) -> None:
    granted(ann)
    client = log_in("view_ledgerproof")
    page = client.get(url("index")).content.decode()
    assert "£10.00" in page
    assert "Ann" not in page
    assert client.get(url("transactions")).status_code == 302
    assert client.get(url("account", account(ann).pk)).status_code == 302


def test_support_sees_accounts_and_no_totals(log_in: Callable[..., Client], ann: Profile) -> None:
    granted(ann)
    client = log_in(*SEE)
    page = client.get(url("index")).content.decode()
    assert "Ann" in page
    assert "The books by programme" not in page
    assert client.get(url("liability")).status_code == 302
    tid = Transaction.objects.get().pk
    assert client.get(url("transaction", tid)).status_code == 200
    assert client.get(url("reverse", tid)).status_code == 302


def test_empty(root: Client) -> None:
    for name in ("index", "transactions", "liability", "requests", "give"):
        assert root.get(url(name)).status_code == 200


@pytest.mark.parametrize("asked", ["ann@example.com", "17", "ANN@Example.com"])
def test_search_by_customer(root: Client, ann: Profile, asked: str) -> None:
    granted(ann)
    granted(make_person(first_name="Bob"))
    page = root.get(url("transactions", q=asked)).content.decode()
    assert "Ann" in page
    assert "Bob" not in page


def test_search_by_order_number_and_key(root: Client, ann: Profile) -> None:
    granted(ann, key="the-key")
    tid = pay(ann.pk, 300, "100023", now=NOW).transaction_id
    for asked in ("100023", str(tid)):
        page = root.get(url("transactions", q=asked)).content.decode()
        assert "Spent" in page
        assert "+£10.00" not in page
    page = root.get(url("transactions", q="the-key")).content.decode()
    assert "+£10.00" in page
    assert "Nothing matches" in root.get(url("transactions", q="nobody")).content.decode()


def test_filters(root: Client, ann: Profile) -> None:
    granted(ann, now=NOW - days(9), opens_at=NOW - days(9))
    pay(ann.pk, 300, "o1", now=NOW)
    page = root.get(url("transactions", kind="capture")).content.decode()
    assert "−£3.00" in page
    assert "+£10.00" not in page
    day = (NOW - days(8)).date().isoformat()
    assert "+£10.00" in root.get(url("transactions", until=day)).content.decode()
    assert "−£3.00" not in root.get(url("transactions", until=day)).content.decode()
    assert "−£3.00" in root.get(url("transactions", since=day, kind="nonsense")).content.decode()


def test_paging_by_key(root: Client, ann: Profile) -> None:
    for number in range(PAGE + 2):
        granted(ann, 100 + number)
    first = root.get(url("transactions"))
    assert len(first.context["rows"]) == PAGE
    second = root.get(url("transactions") + first.context["page"].older)
    assert [each.minor for each in second.context["rows"]] == [101, 100]
    assert second.context["page"].newest
    assert not second.context["page"].older


def test_an_account(root: Client, ann: Profile) -> None:
    granted(ann, 1000)
    granted(ann, 500, opens_at=NOW + days(14), expires_at=NOW + days(60))
    pay(ann.pk, 200, "o1", now=NOW)
    set_aside(ann.pk, 300, order_id="o2", now=NOW, expires_at=NOW + timedelta(minutes=30))
    page = root.get(url("account", account(ann).pk))
    assert (page.context["open_minor"], page.context["later_minor"]) == (500, 500)
    moves = page.context["page"]["rows"]
    assert [(move.minor, move.balance_minor) for move in moves] == [
        (-200, 1300), (500, 1500), (1000, 1000),
    ]  # fmt: skip
    text = page.content.decode()
    for words in ("for order o2", "opens later", "can be spent", "£3.00 held"):
        assert words in text, words
    older = root.get(url("account", account(ann).pk, before=moves[0].transaction.pk))
    assert [m.balance_minor for m in older.context["page"]["rows"]] == [1500, 1000]
    assert root.get(url("lots", account(ann).pk)).status_code == 200


def test_the_shops_accounts_have_no_page(root: Client, ann: Profile) -> None:
    granted(ann)
    issued = Account.objects.get(purpose="issued")
    assert root.get(url("account", issued.pk)).status_code == 404
    assert root.get(url("account", 999_999)).status_code == 404
    assert root.get(url("transaction", 999_999)).status_code == 404


def test_somebody_who_was_erased(root: Client, ann: Profile) -> None:
    tid = granted(ann)
    pk = account(ann).pk
    Account.objects.filter(pk=pk).update(profile=None)
    for page in (url("index"), url("transactions"), url("account", pk), url("transaction", tid)):
        response = root.get(page)
        assert response.status_code == 200
        assert "rased" in response.content.decode(), page


def test_a_transaction_sums_to_zero(root: Client, ann: Profile) -> None:
    tid = granted(ann)
    page = root.get(url("transaction", tid))
    assert page.context["total"] == 0
    assert sorted(each["leg"].amount_minor for each in page.context["legs"]) == [-1000, 1000]
    assert "a test" in page.content.decode()


def test_reverse_with_a_reason(root: Client, ann: Profile) -> None:
    tid = granted(ann)
    assert "−£10.00" in root.get(url("reverse", tid)).content.decode()
    assert root.post(url("reverse", tid), {"reason": " "}).status_code == 200
    for _ in range(2):  # a double click
        response = root.post(url("reverse", tid), {"reason": "wrong person"})
        assert response.status_code == 302
    undone = Transaction.objects.get(reverses=tid)
    assert (undone.reason, undone.actor) == ("wrong person", "staff:root")
    assert account(ann).balance_minor == 0
    assert ModelLogEntry.objects.filter(action="clm_plugin.reverse_credit").count() == 1
    assert "reversed on" in root.get(url("transaction", tid)).content.decode()
    assert root.get(url("reverse", tid)).status_code == 302


def test_what_was_spent_cannot_be_reversed(root: Client, ann: Profile) -> None:
    tid = granted(ann)
    pay(ann.pk, 300, "o1", now=NOW)
    page = root.post(url("reverse", tid), {"reason": "r"})
    assert "not enough credit" in page.content.decode()
    assert not Transaction.objects.filter(kind="reverse").exists()


def test_the_customers_page(
    root: Client, log_in: Callable[..., Client], ann: Profile
) -> None:  # fmt: skip
    granted(ann)
    page = root.get(reverse("clm_customers:customer", args=(ann.pk,))).content.decode()
    assert "£10.00" in page
    assert url("account", account(ann).pk) in page
    stranger = log_in("view_profile").get(reverse("clm_customers:customer", args=(ann.pk,)))
    assert "Store credit" not in stranger.content.decode()


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_queries_do_not_grow(root: Client, ann: Profile) -> None:
    granted(ann)
    paths = [url("index"), url("transactions"), url("account", account(ann).pk),
             url("transactions", q="ann@example.com"), url("liability")]  # fmt: skip
    few = [_queries(root, path) for path in paths]
    for number in range(12):
        granted(make_person(first_name=f"P{number}"), programme="other")
        granted(ann, 50 + number)
        pay(ann.pk, 10, f"o{number}", now=NOW)
    count_credit(now=NOW)
    many = [_queries(root, path) for path in paths]
    for path, before, after in zip(paths, few, many, strict=True):
        assert after <= before + 4, (path, before, after)  # tabs, sums and the session
        assert after < 45, (path, after)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="plans are told in SQLite's words")
def test_searches_go_by_index(ann: Profile) -> None:
    granted(ann)
    for said in ({"q": "100023"}, {"q": "17"}, {"since": NOW.date()}):
        with CaptureQueriesContext(connection) as found:
            list(narrowed(said, accounts_of(str(said.get("q", ""))) if "q" in said else [])[:50])
        for each in found.captured_queries:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + each["sql"].replace("%", "%%"))
                plan = [row[3] for row in cursor.fetchall()]
            assert not any(step.startswith("SCAN clm_plugin_transaction") for step in plan), plan


def test_totals_come_from_the_days_and_what_came_since(root: Client, ann: Profile) -> None:
    granted(ann, now=NOW - days(1), opens_at=NOW - days(1))
    count_credit(now=NOW)
    granted(ann, 500)
    wallet.reverse(
        transaction_id=granted(ann, 70), key=new_key(), reason="r", actor="staff:x", now=NOW
    )
    page = root.get(url("index"))
    (line,) = page.context["lines"]
    assert (line.owed, line.sums.issued, line.agrees) == (1500, 1500, True)
    assert wallet.totals()[0].liability_minor == line.owed
    assert TEA in page.content.decode()
