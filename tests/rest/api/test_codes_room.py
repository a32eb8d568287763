"""What ``check`` says of a code is what ``reserve`` then does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from clm_plugin.offers import api as offers
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish
from tests.rest.api.test_api import Caller

pytestmark = pytest.mark.django_db

LIMITS: list[dict[str, int]] = [
    {"total": 1}, {"per_day": 1}, {"per_profile": 1}, {"budget_minor": 200}, {"budget_minor": 201},
    {"total": 2, "per_day": 2, "per_profile": 2, "budget_minor": 900},
]  # fmt: skip


@pytest.fixture
def till(settings: Any) -> Caller:
    cache.clear()
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    return Caller("add_redemption")


@pytest.mark.parametrize("limits", LIMITS, ids=str)
@pytest.mark.parametrize("is_guest", [False, True], ids=["known", "guest"])
def test_a_check_knows_the_limits(till: Caller, limits: dict[str, int], is_guest: bool) -> None:
    """Red before: a code of an offer that was used up could be used, said the check."""
    publish(plan("ten", limits=limits))
    code = offers.make_public_code(offer="ten", text="SPRING26", now=NOW).code
    whose: dict[str, Any] = {"customer": "a"} if is_guest else {"profile": person()}
    first = {"code": code, "order_id": "o1", **whose}
    assert till("post", "/codes/check/", first).json()["ok"]
    done = till("post", "/codes/reserve/", {**first, "discount_minor": 200})
    assert done.status_code == 201
    assert till("post", "/codes/check/", first).json()["ok"], "her own order is no hindrance"

    for which in (whose, {"customer": "b"}, {"profile": person()}):
        second = {"code": code, "order_id": "o2", **which}
        told = till("post", "/codes/check/", second).json()
        held = till("post", "/codes/reserve/", {**second, "discount_minor": 1})
        assert told["ok"] == (held.status_code == 201), (which, told, held.json())
        if not told["ok"]:
            assert (told["reason"], held.json()["code"]) == ("used", "limit_reached")
            assert "as often as it may be" in told["text"]
        offers.free("o2", now=NOW)


def test_tomorrow_has_room_again(till: Caller) -> None:
    offer = plan("ten", limits={"per_day": 1}, zone="Pacific/Auckland")
    publish(offer)
    code = offers.make_public_code(offer="ten", text="SPRING26", now=NOW).code
    offers.reserve(code=code, profile_id=person(), order_id="1", now=NOW, until=LATER)

    def room(**later: float) -> bool:
        at = NOW + timedelta(**later)
        return offers.has_room(offer, profile_id=None, session_key="b", order_id="2", now=at)

    assert not room(hours=0)  # there it is 01:00 of the 22nd
    assert not room(hours=22, minutes=59)
    assert room(hours=23)
