"""Files through the front door: looked through, read in, read again, stopped and gone on with."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from clm_plugin import pipeline
from clm_plugin.adapters.files import running
from clm_plugin.adapters.files.data import Reading
from clm_plugin.adapters.files.mapping import IMPORTERS, guess
from clm_plugin.adapters.files.models import Import, ImportPart, RefusedRow
from clm_plugin.adapters.files.reading import BadFile
from clm_plugin.models import (
    ChannelSpend,
    Consent,
    Delivery,
    Enrolment,
    Event,
    Facts,
    Identifier,
    OrderFact,
    TraitDefinition,
    TraitValue,
)
from tests.factories import NOW, days, order, store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.CLM = {"SHOP": "nonexistent.Shop", "GLOBAL_HOLDOUT": 0.0}


def bring(kind: str, text: str, **reading: Any) -> Import:
    """A file, uploaded, with its columns guessed, looked through and read in."""
    run = look_through(kind, text, **reading)
    running.begin(run)
    done = running.work(run.pk, now=NOW)
    assert done is not None
    assert done.state == "done"
    pipeline.drain(now=NOW)
    run.refresh_from_db()
    return run


def look_through(kind: str, text: str, **reading: Any) -> Import:
    file = io.BytesIO(text.encode())
    run = running.upload(file, kind=kind, name=f"{kind}.csv", by="ada", now=NOW)
    keys = list(TraitDefinition.objects.values_list("key", flat=True))
    mapping = guess(IMPORTERS[kind], run.header, keys)
    running.choose(run, mapping=mapping, reading=Reading(**{"currency": "GBP"} | reading))
    running.work(run.pk, now=NOW)
    run.refresh_from_db()
    return run


def counts(run: Import) -> tuple[int, int, int]:
    return run.new, run.known, run.bad


CUSTOMERS = """Customer ID;E-Mail;First name;Date;Country
1;ada@example.com;Ada;2026-01-05;GB
2;notanaddress;Bob;2026-01-05;GB
;carol@example.com;Carol;2026-02-30;GB
;dora@example.com;Dora;2026-02-03;GB
"""


def test_a_look_writes_nothing_and_says_what_is_wrong() -> None:
    run = look_through("customers", CUSTOMERS)
    assert (run.state, counts(run)) == ("checked", (2, 0, 2))
    assert not Event.objects.exists()
    assert list(RefusedRow.objects.order_by("line").values_list("line", "why")) == [
        (3, "E-Mail: “notanaddress” is no address"),
        (4, "Date: “2026-02-30” is not a date such as 2026-11-22"),
    ]


def test_customers_become_people_with_traits() -> None:
    run = bring("customers", CUSTOMERS)
    assert counts(run) == (2, 0, 2)
    ada = Identifier.objects.get(actor="customer:1").profile
    assert (ada.email, ada.first_name, ada.country) == ("ada@example.com", "Ada", "GB")
    assert Identifier.objects.filter(actor__startswith="email:").count() == 1


def test_the_same_file_again_changes_nothing() -> None:
    bring("customers", CUSTOMERS)
    again = bring("customers", CUSTOMERS)
    assert counts(again) == (0, 2, 2)
    assert Event.objects.count() == 2


def test_declared_traits_come_along() -> None:
    TraitDefinition.objects.create(key="shoe_size", label="Shoe size", kind="number")
    bring("customers", "id,when,Shoe Size\n7,2026-01-01,41\n")
    trait = TraitValue.objects.get(key="shoe_size")
    assert trait.number == 41


ORDERS = """order id,date,customer id,total,currency,status,refunded
A1,2026-03-01,7,"1,234.50",GBP,shipped,
A2,2026-04-01,7,20,GBP,cancelled,
A3,2026-05-01,7,20,GBP,,5.00
A4,2026-05-01,7,"12,50",GBP,,
A5,2026-05-01,7,20,GBP,,21
"""


def test_orders_change_facts_and_start_nothing() -> None:
    run = bring("orders", ORDERS)
    assert counts(run) == (3, 0, 2)
    facts = Facts.objects.get(profile__identifiers__actor="customer:7")
    assert (facts.orders, facts.spend_minor, facts.refunded_minor) == (2, 125_450, 500)
    assert OrderFact.objects.get(order_id="A2").cancelled_at is not None
    pipeline.sweep(now=NOW, send=False)
    assert not Enrolment.objects.exists()
    assert not Delivery.objects.exists()


def test_an_order_that_the_shop_told_counts_once() -> None:
    store(order("customer:7", "A1", at=NOW - days(30), key="order.placed:A1", source="shop"))
    pipeline.drain(now=NOW)
    run = bring("orders", "order,date,customer id,total\nA1,2026-03-01,7,20\n")
    assert counts(run) == (0, 1, 0)
    assert Facts.objects.get().orders == 1


def test_another_systems_ids_are_not_the_shops() -> None:
    bring("orders", "order,date,customer id,total\nA1,2026-03-01,7,20\n", ids_are="till")
    assert OrderFact.objects.get().order_id == "till:A1"
    assert Identifier.objects.filter(actor="ext:till:7").exists()


def test_commas_for_decimals_when_said_so() -> None:
    text = "order;date;customer id;total\nA1;01.03.2026;7;1.234,50\nA2;01.03.2026;7;1,234.50\n"
    run = bring("orders", text, decimal=",", dates="dmy")
    assert counts(run) == (1, 0, 1)
    assert OrderFact.objects.get().total_minor == 123_450


def test_consents_with_their_time_and_place() -> None:
    text = (
        "email,when,purpose,channel,granted,where\n"
        "ada@example.com,2026-01-01,marketing,mail,yes,trade fair\n"
        "ada@example.com,2026-02-01,marketing,mail,no,letter\n"
        "ada@example.com,2026-02-01,juggling,mail,no,letter\n"
    )
    run = bring("consents", text)
    assert counts(run) == (2, 0, 1)
    assert Consent.objects.get().granted is False


def test_spend_of_a_day_is_replaced_not_added() -> None:
    bring("spend", "day,channel,spend\n2026-01-01,CPC/google,10\n2026-01-01,social,5\n")
    bring("spend", "day,channel,spend\n2026-01-01,cpc/google,12.34\n")
    rows = ChannelSpend.objects.order_by("channel").values_list("day", "channel", "amount_minor")
    assert list(rows) == [(date(2026, 1, 1), "cpc/google", 1234), (date(2026, 1, 1), "social", 500)]


def test_a_stopped_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PART", 2)
    rows = "".join(f"{number},2026-01-01\n" for number in range(7))
    run = look_through("customers", "id,when\n" + rows)
    running.begin(run)

    def stop(done: int, of: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        running.work(run.pk, now=NOW, progress=stop)
    assert Event.objects.count() == 4
    running.work(run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, counts(run), Event.objects.count()) == ("done", (7, 0, 0), 7)


def test_a_part_costs_the_same_however_many_rows(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(f"{number},2026-01-01\n" for number in range(900))
    run = look_through("customers", "id,when\n" + rows)
    running.begin(run)
    with django_assert_max_num_queries(40):
        running.work(run.pk, now=NOW)
    assert Event.objects.count() == 900


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"when": "when"}, "no column for: Customer id / E-mail"),
        ({"id": "id"}, "no column for: When"),
        ({"id": "id", "when": "id"}, "used for two fields"),
        ({"id": "gone", "when": "when"}, "no column “gone”"),
        ({"id": "id", "when": "when", "nonsense": "x"}, "no field of customers"),
    ],
)
def test_columns_that_do_not_do(mapping: dict[str, str], words: str) -> None:
    file = io.BytesIO(b"id,when,x\n1,2026-01-01,y\n")
    run = running.upload(file, kind="customers", name="x", by="", now=NOW)
    with pytest.raises(BadFile, match=words):
        running.choose(run, mapping=mapping, reading=Reading())


def test_old_rows_go_and_the_counts_stay() -> None:
    run = bring("customers", CUSTOMERS)
    assert running.purge(now=NOW + days(29)) == 0
    assert running.purge(now=NOW + days(31)) == 1
    assert not ImportPart.objects.exists()
    assert not RefusedRow.objects.exists()
    run.refresh_from_db()
    assert counts(run) == (2, 0, 2)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, errors = tmp_path / "people.csv", tmp_path / "errors.csv"
    file.write_text(CUSTOMERS)
    call_command("clm_import", "customers", str(file), "--dry-run")
    told = capsys.readouterr().out
    assert "Would change: 2 rows new, 0 known already, 2 refused." in told
    assert "line 3: E-Mail: “notanaddress” is no address" in told
    assert not Event.objects.exists()
    assert not Import.objects.exists()
    call_command("clm_import", "customers", str(file), "--errors", str(errors))
    assert Event.objects.count() == 2
    written = errors.read_text(encoding="utf-8-sig").splitlines()
    assert written[0] == "Customer ID,E-Mail,First name,Date,Country,why"
    assert len(written) == 3
    with pytest.raises(CommandError, match="no column for"):
        call_command("clm_import", "orders", str(file))
