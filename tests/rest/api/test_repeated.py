"""The same key gives the same answer, whatever became of the person or the programme meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin import merges
from clm_plugin.models import Profile
from clm_plugin.profiles.api import Merge
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.models import Transaction
from clm_plugin.wallet.publishing import publish, withdraw
from tests.factories import NOW
from tests.rest.api.test_credit import GBP10, MAY, Till, _shop, ada, available, give
from tests.wallet.test_programmes import authored

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["_shop", "ada"]
pytestmark = pytest.mark.django_db
_MORE = {"programme": "harbour", "reason": "by agreement"}

CALLS: dict[str, Callable[[Till, int], Any]] = {
    "grants": lambda till, who: give(till, who, "k"),
    "deductions": lambda till, who: till.post(
        f"/credit/{who}/deductions/", {**GBP10, **_MORE}, "k"
    ),
    "holds": lambda till, who: till.post(f"/credit/{who}/holds/", {**GBP10, "order_id": "1"}, "k"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_is_repeated_after_a_merge_has_the_answer_it_had(ada: int, name: str) -> None:
    till, call = Till(*MAY), CALLS[name]
    give(till, ada, "first")
    other = Profile.objects.create(created_at=NOW).pk
    first = call(till, ada)
    assert first.status_code == 201
    merges.merge([Merge(survivor=other, merged=ada, reason="test")], now=NOW)
    before = available(other)
    again = call(till, ada)
    assert (again.status_code, again.json()) == (200, {**first.json(), "repeated": True})
    assert available(other) == before


@pytest.mark.parametrize("name", CALLS)
def test_whoever_still_has_the_id_of_before_a_merge_reaches_her_credit(ada: int, name: str) -> None:
    till = Till(*MAY)
    give(till, ada, "first")
    other = Profile.objects.create(created_at=NOW).pk
    merges.merge([Merge(survivor=other, merged=ada, reason="test")], now=NOW)
    before = available(other)
    assert CALLS[name](till, ada).status_code == 201
    assert abs(available(other) - before) == GBP10["amount_minor"]
    assert wallet.verify(now=NOW).ok


@pytest.mark.parametrize("over", ["withdrawn", "redeem window", "own date"])
def test_a_grant_that_is_repeated_when_its_programme_is_over_has_the_answer_it_had(
    ada: int, over: str, settings: Any
) -> None:
    """Red before: the till was told that there is no such programme, and may have given it by
    other means."""
    till = Till(*MAY)
    more = {"expires_at": (NOW + timedelta(days=1)).isoformat()} if over == "own date" else {}
    first = give(till, ada, **more)
    assert first.status_code == 201
    if over == "withdrawn":
        withdraw("harbour", now=NOW)
    elif over == "redeem window":
        ended = NOW - timedelta(days=1)
        publish(replace(compile_programme(authored()), redeem_until=ended), now=NOW)
    else:
        settings.CLM = {**settings.CLM, "CLOCK": f"{__name__}.later"}
    again = give(till, ada, **more)
    assert (again.status_code, again.json()) == (200, {**first.json(), "repeated": True})
    other = give(till, ada, **more, amount_minor=999)
    assert (other.status_code, other.json()["code"]) == (409, "key_conflict")
    assert Transaction.objects.count() == 1
    assert wallet.verify(now=NOW).ok


def later() -> Any:
    return NOW + timedelta(days=2)


def test_an_id_is_never_cut_into_somebody_elses(ada: int) -> None:
    """Twenty digits are nobody, not whoever has the first of them."""
    far = Profile.objects.create(pk=10**17 + 7, created_at=NOW).pk
    answer = Till(*MAY)("get", f"/credit/{far}42/")
    assert answer.status_code == 404
