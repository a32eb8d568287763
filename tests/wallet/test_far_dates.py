"""Dates at the edge of the calendar: 31 December 9999 means "never" in many a system."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.console.credit_grants import GiveForm
from clm_plugin.models import Transaction
from clm_plugin.offers.checking import wrong_with
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.faults import programme_troubles
from clm_plugin.wallet.terms import end_of_day
from tests.adapters.files.test_crediting import _tea, ann, given, looked_through, whys
from tests.wallet.ledger import NOW, TEA, gbp, new_key, person
from tests.wallet.test_programmes import authored

if TYPE_CHECKING:
    from clm_plugin.models import Profile

__all__ = ["_tea", "ann"]
pytestmark = pytest.mark.django_db
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
LAST_DAY = datetime(2199, 12, 31, 12, tzinfo=UTC)


def grant(**dates: Any) -> wallet.Posted:
    return wallet.grant(
        profile_id=person(), programme=TEA, amount=gbp(100), key=new_key(),
        source=wallet.Source("manual", ""), reason="", actor="staff:eve", now=NOW,
        **{"opens_at": NOW, "expires_at": None, **dates},
    )  # fmt: skip


@pytest.mark.parametrize(
    "dates",
    [
        {"expires_at": NEVER},
        {"opens_at": NEVER - timedelta(days=1), "expires_at": NEVER},
        {"opens_at": NEVER},
        {"opens_at": datetime(1, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_no_clock_could_show_is_refused(dates: dict[str, Any]) -> None:
    """Red before: east of Greenwich the customer's page could not say when it ends, and failed."""
    with pytest.raises(wallet.WalletError, match="between 1900 and 2199"):
        grant(**dates)
    assert not Transaction.objects.exists()


def test_a_long_life_is_no_offence() -> None:
    assert grant(expires_at=NOW + timedelta(days=50 * 365)).amount_minor == 100
    assert grant(opens_at=NOW - timedelta(days=50 * 365)).amount_minor == 100


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "UTC", "America/Los_Angeles"])
def test_the_last_day_that_may_be_chosen_is_good_to_its_end(zone: str) -> None:
    """Red before: forms and files took 31 December 2199, and the ledger refused it."""
    assert grant(expires_at=end_of_day(LAST_DAY, zone)).amount_minor == 100
    with pytest.raises(wallet.WalletError, match="between 1900 and 2199"):
        grant(expires_at=end_of_day(LAST_DAY, zone, days=1))


def test_a_row_of_a_file_may_end_on_that_day(ann: Profile) -> None:
    run = given(looked_through(",17,tea,2,2199-12-31,sorry,r1\n"))
    assert (run.new, run.bad) == (1, 0)


def test_a_row_of_a_file_that_never_ends_is_refused_and_the_rest_is_read(ann: Profile) -> None:
    """Red before: the file stopped there for good."""
    run = looked_through(
        ",17,tea,1,9999-12-31,sorry,r1\n,17,tea,1,2999-01-01,sorry,r2\n,17,tea,2,,sorry,r3\n"
    )
    assert (run.new, run.bad) == (1, 2)
    assert all(each.startswith("last day: ") for each in whys(run))
    assert given(run).new == 1


@pytest.mark.parametrize("name", ["earn_last_day", "redeem_last_day", "redeem_first_day"])
def test_an_author_is_told(name: str) -> None:
    """Red before: the form failed, for there is no day after it."""
    programme = authored(**{"earn_last_day": NOW.date(), name: NEVER.date()})
    assert (name, "Choose a day before the year 2200, or none.") in programme_troubles(programme)


@pytest.mark.parametrize("name", ["opens_at", "closes_at"])
def test_the_author_of_an_offer_is_told(name: str) -> None:
    assert [field for field, _ in wrong_with({name: NEVER}, now=NOW)] == [name]


@pytest.mark.parametrize("name", ["opens", "until"])
def test_a_clerk_is_told(name: str, ann: Profile) -> None:
    said = {
        "key": "k", "kind": "grant", "programme": "tea", "amount": "1", "reason": "r",
        "customer": "17", name: "9999-12-31",
    }  # fmt: skip
    form = GiveForm(said, now=NOW, person=ann)
    assert list(form.errors) == [name]
