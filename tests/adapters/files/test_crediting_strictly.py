"""Amounts of a file are what its author meant, and its sum is what will be given."""

from __future__ import annotations

import pytest

from clm_plugin import merges
from clm_plugin.adapters.files import running
from clm_plugin.adapters.files.api import Import, Reading, choose, work
from clm_plugin.models import Profile
from clm_plugin.profiles.api import Merge
from tests.adapters.files.test_crediting import _tea, ann, given, looked_through, whys
from tests.factories import NOW
from tests.wallet.ledger import free

__all__ = ["_tea", "ann"]
pytestmark = pytest.mark.django_db
COMMA = Reading(currency="GBP", decimal=",")


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("1.234", "."),  # a German thousand
        ("1.000", "."),
        ('"1,234"', ","),  # an English one
        ("10.005", "."),
        ("1e3", "."),
        ("1_000", "."),
        ('"1,234,5"', "."),
        ("+", "."),
    ],
)
def test_an_amount_that_may_mean_two_things_is_refused(
    ann: Profile, cell: str, decimal: str
) -> None:
    """Red before: 1.234 was read as £1.23, with no word of it."""
    reading = Reading(currency="GBP", decimal=decimal)  # type: ignore[arg-type]
    run = looked_through(f"ann@example.com,,tea,{cell},,sorry,r1\n", reading=reading)
    assert (run.new, run.bad, run.credit.get("checked", {})) == (0, 1, {})
    assert whys(run)[0].startswith("amount: ")


@pytest.mark.parametrize(
    ("cell", "reading", "minor"),
    [
        ('"1,234.50"', Reading(currency="GBP"), 123_450),
        ("1234.5", Reading(currency="GBP"), 123_450),
        (".5", Reading(currency="GBP"), 50),
        ("7.", Reading(currency="GBP"), 700),
        ("+7", Reading(currency="GBP"), 700),
        ('"1.234,50"', COMMA, 123_450),
        ("1.234", COMMA, 123_400),
        ("1\u00a0234", COMMA, 123_400),
    ],
)
def test_what_spreadsheets_write_is_read(
    ann: Profile, cell: str, reading: Reading, minor: int
) -> None:
    run = looked_through(f"ann@example.com,,tea,{cell},,sorry,r1\n", reading=reading)
    assert run.credit["checked"] == {"GBP": minor}


def test_a_row_that_is_there_twice_counts_once_however_far_apart(
    ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red before: the sum that is shown, and agreed to, had the second one as well."""
    monkeypatch.setattr(running, "PART", 2)
    rows = ",17,tea,{},,sorry,{}\n"
    text = "".join(rows.format(*each) for each in [(10, "a"), (1, "b"), (10, "a"), (7, "a")])
    run = looked_through(text)
    assert (run.new, run.known, run.bad, run.credit["checked"]) == (2, 1, 1, {"GBP": 1100})
    assert "used before for another" in whys(run)[0]
    run = given(run)
    assert (run.new, run.known, run.bad, run.credit["done"]) == (2, 1, 1, {"GBP": 1100})
    assert free(ann.pk, now=NOW) == 1100


def test_a_look_that_was_stopped_in_the_middle_comes_to_the_same(
    ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PART", 2)
    monkeypatch.setattr(running, "_finish", _stop)
    rows = ",17,tea,{},,sorry,{}\n"
    text = ",17\n" + "".join(
        rows.format(*each) for each in [(10, "a"), (1, "b"), (10, "a"), (7, "c")]
    )
    with pytest.raises(RuntimeError):
        looked_through(text)
    monkeypatch.undo()
    monkeypatch.setattr(running, "PART", 2)
    run = Import.objects.latest("pk")
    run.done_parts, run.new, run.known, run.credit = 1, 1, 0, {"checked": {"GBP": 1000}}
    run.save()
    done = work(run.pk, now=NOW)
    assert done is not None
    assert (done.new, done.known, done.credit["checked"]) == (3, 1, {"GBP": 1800})


def test_a_look_that_is_begun_anew_meanwhile_counts_from_the_start(
    ann: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red before: what the first look had counted was known to the second, and its sum too low."""
    monkeypatch.setattr(running, "PART", 2)
    rows = "".join(f",17,tea,10,,sorry,{each}\n" for each in "abcd")
    run = looked_through(rows)
    again = iter([True])

    def clerk(done: int, of: int) -> None:
        if next(again, False):
            choose(run, mapping=run.mapping, reading=Reading(**run.reading))

    choose(run, mapping=run.mapping, reading=Reading(**run.reading))
    found = work(run.pk, now=NOW, progress=clerk)
    assert found is not None
    assert (found.new, found.known, found.credit["checked"]) == (4, 0, {"GBP": 4000})


def _stop(*_: object) -> None:
    raise RuntimeError


def test_a_row_that_was_given_is_known_after_its_owner_was_merged(ann: Profile) -> None:
    rows = "ann@example.com,,tea,10,,sorry,r1\n"
    given(looked_through(rows))
    survivor = Profile.objects.create(created_at=NOW).pk
    merges.merge([Merge(survivor=survivor, merged=ann.pk, reason="test")], now=NOW)
    run = looked_through(rows)
    assert (run.new, run.known, run.bad) == (0, 1, 0)
