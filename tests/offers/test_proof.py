"""The proof of the books proves the limits of offers too, and says loudly which is wrong."""

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clm_plugin import doctor
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCounter
from clm_plugin.proving import prove
from clm_plugin.signals import ledger_failed
from clm_plugin.wallet import api as wallet
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NAME = "every limit of an offer counts the uses that there are"


@pytest.fixture(autouse=True)
def _uses() -> None:
    """One use of every kind of limit, by a customer and by a guest."""
    publish(plan(limits={"total": 9, "per_profile": 9, "per_day": 9, "budget_minor": 900}))
    offers.make_public_code(offer="ten", text="SPRING26", now=NOW)
    for order, who, session in (("1", person(), ""), ("2", None, "ann")):
        offers.reserve(
            code="SPRING26", profile_id=who, session_key=session, order_id=order, now=NOW,
            until=LATER, discount_minor=50,
        )  # fmt: skip
    offers.confirm("2", now=NOW)


def counters() -> wallet.Check:
    (check,) = [check for check in prove(now=NOW).checks if check.name == NAME]
    return check


def test_right_counters_are_proven() -> None:
    check = counters()
    assert (check.ok, check.looked_at) == (True, 5)


@pytest.mark.parametrize("scope", ["total", "budget", "day:", "profile:", "session:"])
def test_every_kind_of_counter_that_is_wrong_is_found(scope: str) -> None:
    rows = OfferCounter.objects.filter(scope__startswith=scope)
    row = rows.get()
    rows.update(used=row.used + 1)
    check = counters()
    told = f"ten {row.scope}: counted {row.used + 1}, used {row.used}"
    assert (check.wrong, check.offenders) == (1, (told,))
    assert offers.wrong_counters() == [told]


def test_a_counter_of_uses_that_are_gone_is_wrong() -> None:
    OfferCounter.objects.create(offer="other", scope="total", most=5, used=3)
    assert counters().offenders == ("other total: counted 3, used 0",)


def test_many_counters_cost_one_statement() -> None:
    OfferCounter.objects.bulk_create(
        OfferCounter(offer="many", scope=f"day:{number}", most=1) for number in range(50)
    )
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert offers.wrong_counters() == []
    assert len(caught) == 1


def test_the_command_fails_and_says_which(admin_client: Client) -> None:
    out = StringIO()
    call_command("clm_verify", stdout=out)
    assert f"ok     {NAME}  (5)" in out.getvalue()
    OfferCounter.objects.filter(scope="total").update(used=7)
    heard: list[Any] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs["proof"])

    ledger_failed.connect(hear)
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("clm_verify", "--json", stdout=out)
    ledger_failed.disconnect(hear)
    assert left.value.code == 1
    told = json.loads(out.getvalue())
    assert [check["offenders"] for check in told["checks"] if check["wrong"]] == [
        ["ten total: counted 7, used 2"]
    ]
    assert [proof.ok for proof in heard] == [False]
    last = wallet.last_proof()
    assert last is not None
    assert NAME in next(doctor._ledger(last.at)).what
    page = admin_client.get(reverse("clm_ledger:index")).content.decode()
    assert "ten total: counted 7, used 2" in page
    assert "WRONG" in admin_client.get(reverse("clm_health:index")).content.decode()


def test_the_night_proves_it() -> None:
    from clm_plugin.upkeep import upkeep

    assert upkeep(now=NOW).proved
    OfferCounter.objects.filter(scope="budget").update(used=1)
    assert not upkeep(now=NOW).proved
