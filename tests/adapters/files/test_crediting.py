"""Store credit from files: looked through, then given once; never more than was agreed to."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

import pytest

from clm_plugin.adapters.files.api import (
    BadFile,
    Import,
    Reading,
    RefusedRow,
    begin,
    begin_approved,
    choose,
    find_people,
    guess,
    upload,
    work,
)
from clm_plugin.adapters.files.mapping import IMPORTERS
from clm_plugin.models import GrantRequest, Lot, Profile, Transaction
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Staff, Wish
from tests.console.programmes import publish
from tests.factories import NOW
from tests.wallet.ledger import free

pytestmark = pytest.mark.django_db
HEAD = "email,customer number,programme,amount,last day,reason,reference\n"
EVE = Staff(id="1", name="eve", limit=1000)
MAX = Staff(id="2", name="max", limit=1000)


@pytest.fixture(autouse=True)
def _tea(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    publish("tea", name="Tea credit")


@pytest.fixture
def ann() -> Profile:
    return Profile.objects.create(created_at=NOW, email="ann@example.com", customer_id="17")


def looked_through(rows: str, *, reading: Reading | None = None) -> Import:
    file = io.BytesIO((HEAD + rows).encode())
    run = upload(file, kind="credit", name="may.csv", by="eve", now=NOW)
    mapping = guess(IMPORTERS["credit"], run.header)
    choose(run, mapping=mapping, reading=reading or Reading(currency="GBP"))
    done = work(run.pk, now=NOW)
    assert done is not None
    return done


def asked(run: Import, *, by: Staff = EVE) -> GrantRequest:
    ((currency, minor),) = run.credit["checked"].items()
    wish = Wish(
        kind="file", programme="", amount=Money(minor, currency), reason=run.name, file=run.pk
    )
    return wallet.ask(wish, key=f"file:{run.pk}", by=by, now=NOW)


def given(run: Import) -> Import:
    assert begin_approved(asked(run))
    done = work(run.pk, now=NOW)
    assert done is not None
    return done


def whys(run: Import) -> list[str]:
    return list(RefusedRow.objects.filter(run=run).order_by("line").values_list("why", flat=True))


def test_a_dry_run_writes_nothing_and_adds_up(ann: Profile) -> None:
    run = looked_through(
        "ann@example.com,,tea,10.50,,sorry,r1\n,17,Tea credit,2,,thanks,r2\n,99,tea,1,,x,r3\n"
    )
    assert (run.state, run.new, run.known, run.bad) == ("checked", 2, 0, 1)
    assert run.credit == {"checked": {"GBP": 1250}}
    assert not Transaction.objects.exists()


def test_read_in_once(ann: Profile) -> None:
    rows = "ann@example.com,,tea,10.50,2026-12-24,sorry,r1\n,17,tea,2,,thanks,r2\n"
    run = given(looked_through(rows))
    assert (run.state, run.new, run.bad, run.credit["done"]) == ("done", 2, 0, {"GBP": 1250})
    assert free(ann.pk, now=NOW) == 1250
    first = Lot.objects.get(source_ref="r1")
    assert first.expires_at is not None
    assert first.expires_at.isoformat() == "2026-12-25T00:00:00+00:00", "the last day still counts"
    its = Transaction.objects.order_by("pk")[0]
    assert (its.actor, its.reason, its.source_kind) == ("staff:eve", "sorry", "import")
    again = looked_through(rows + ",17,tea,3,,more,r3\n")
    assert (again.new, again.known, again.credit["checked"]) == (1, 2, {"GBP": 300})
    given(again)
    assert free(ann.pk, now=NOW) == 1550


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("x@example.com,,tea,1,,r,n1", "nobody is called"),
        (",,tea,1,,r,n1", "neither a customer number nor"),
        (",17,coffee,1,,r,n1", "no programme that is live"),
        (",17,tea,0,,r,n1", "not more than nothing"),
        (",17,tea,-5,,r,n1", "not more than nothing"),
        (",17,tea,NaN,,r,n1", "NaN"),
        (",17,tea,1e30,,r,n1", "1e30"),
        (',17,tea,"1,00",,r,n1', "not an amount with"),
        (",17,tea,1,2001-01-01,r,n1", "could never be spent"),
        (",17,tea,1,soon,r,n1", "not a date"),
        (",17,tea,1,,,n1", "reason: is empty"),
        (",17,tea,1,,r,", "reference: is empty"),
    ],
)
def test_refused_rows_say_why(ann: Profile, row: str, why: str) -> None:
    run = looked_through(row + "\n")
    assert (run.new, run.bad, bool(run.credit.get("checked"))) == (0, 1, False)
    assert why in whys(run)[0]


def test_a_reference_that_was_used_for_something_else(ann: Profile) -> None:
    given(looked_through(",17,tea,10,,r,r1\n"))
    run = looked_through(",17,tea,11,,r,r1\n,17,tea,10,,again,r1\n")
    assert (run.new, run.known, run.bad) == (0, 1, 1)
    assert "used before for another" in whys(run)[0]


def test_a_reference_twice_in_one_file(ann: Profile) -> None:
    run = looked_through(",17,tea,10,,r,r1\n,17,tea,10,,r,r1\n,17,tea,11,,r,r1\n")
    assert (run.new, run.known, run.bad, run.credit["checked"]) == (1, 1, 1, {"GBP": 1000})


def test_never_more_than_was_agreed_to(ann: Profile) -> None:
    # Nobody was called Bob when the file was looked through; he is by the time it is read in.
    run = looked_through(",17,tea,10,,r,r1\n,18,tea,500,,r,r2\n")
    request = asked(run)
    bob = Profile.objects.create(created_at=NOW, customer_id="18")
    assert begin_approved(request)
    done = work(run.pk, now=NOW)
    assert done is not None
    assert (done.new, done.bad) == (1, 1)
    assert "agreed to" in whys(done)[0]
    assert (free(ann.pk, now=NOW), free(bob.pk, now=NOW)) == (1000, 0)


def test_it_begins_by_a_request_only(ann: Profile) -> None:
    run = looked_through(",17,tea,10,,r,r1\n")
    with pytest.raises(BadFile, match="console"):
        begin(run)
    request = asked(run)
    choose(run, mapping=run.mapping, reading=Reading(**asdict(Reading(**run.reading))))
    assert not begin_approved(request), "it is being looked through again"
    Import.objects.filter(pk=run.pk).update(state="checked", credit={"checked": {"GBP": 9}})
    assert not begin_approved(request), "and came to another sum"
    assert not Transaction.objects.exists()


def test_a_budget_stops_the_rest(ann: Profile) -> None:
    programme = publish("few")
    programme.budget = 15
    programme.save_revision().publish()
    done = given(looked_through(",17,few,10,,r,r1\n,17,few,10,,r,r2\n"))
    assert (done.new, done.bad) == (1, 1)
    assert free(ann.pk, now=NOW) == 1000


def test_people_by_name() -> None:
    kate = Profile.objects.create(created_at=NOW, email="k@example.com", customer_id="7")
    Profile.objects.create(created_at=NOW, email="k@example.com")  # a guest who typed it
    old = Profile.objects.create(created_at=NOW, customer_id="8", merged_into=kate)
    Profile.objects.create(created_at=NOW, customer_id="9", merged_into=old)
    two = [Profile.objects.create(created_at=NOW, email="t@example.com").pk for _ in range(2)]
    assert find_people(["K@example.com", "7", "8", "9", "t@example.com", "", "@"]) == {
        "K@example.com": [kate.pk], "7": [kate.pk], "8": [kate.pk], "9": [kate.pk],
        "t@example.com": two, "": [], "@": [],
    }  # fmt: skip


def test_looking_through_costs_the_same_for_any_number_of_rows(
    ann: Profile, django_assert_max_num_queries: Any
) -> None:
    file = io.BytesIO(
        (HEAD + "".join(f",17,tea,1,,r,r{n}\n" for n in range(300))).encode()
    )  # fmt: skip
    run = upload(file, kind="credit", name="f", by="eve", now=NOW)
    choose(run, mapping=guess(IMPORTERS["credit"], run.header), reading=Reading(currency="GBP"))
    with django_assert_max_num_queries(25):
        work(run.pk, now=NOW)
    assert Import.objects.get(pk=run.pk).credit == {"checked": {"GBP": 30_000}}
