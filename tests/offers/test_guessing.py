"""Typed codes: one answer to every wrong one, throttled, an alarm at a flood (case 43)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin.offers import api as offers
from clm_plugin.offers import guessing
from clm_plugin.offers.models import CodeAlarm, OfferCode
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def check(text: str, profile_id: int | None = None, **fields: Any) -> offers.Answer:
    values = {"session_key": "s", "ip": "192.0.2.1", "now": NOW}
    return offers.check_code(text=text, profile_id=profile_id, **{**values, **fields})


def hers(**fields: Any) -> tuple[int, str]:
    publish(plan(**fields))
    pid = person()
    grant = offers.grant_offer(profile_id=pid, offer="ten", key="k", reason="", now=NOW)
    return pid, offers.code_for(grant)


def test_her_own_code_is_found_however_it_is_written() -> None:
    pid, code = hers()
    for typed in (code, code.lower(), f" {code[:5]}-{code[5:]} "):
        found = check(typed, pid)
        assert (found.ok, found.code) == (True, code)
        assert found.offer is not None


def test_every_wrong_code_has_one_answer_and_costs_the_same() -> None:
    pid, code = hers(lasts_days=1)
    other = person()
    revoked = offers.code_for(
        offers.grant_offer(profile_id=pid, offer="ten", key="r", reason="", now=NOW)
    )
    offers.revoke_codes(code=OfferCode.objects.get(text=revoked).pk, reason="x", now=NOW)
    check("ACDEF23457")  # what is loaded once
    answers, costs = [], []
    for text, who, at in (
        ("ACDEF23457", pid, NOW),  # unknown
        ("SUMMER SALE 2026!", pid, NOW),  # no code at all
        (code, other, NOW),  # somebody else's
        (code, None, NOW),  # a guest
        (code, pid, NOW + timedelta(days=3)),  # expired
        (revoked, pid, NOW),
    ):
        with CaptureQueriesContext(connection) as caught:
            answers.append(check(text, who, now=at))
        costs.append(len(caught))
    for _ in range(guessing.MOST["session"]):
        check("ACDEF23457", pid)
    with CaptureQueriesContext(connection) as caught:
        answers.append(check(code, pid))  # right, but too many tries before
    costs.append(len(caught))
    assert set(answers) == {guessing.refused()}
    assert len(set(costs)) == 1, costs


def test_who_is_paying_elsewhere_is_told_so_and_who_used_it_too() -> None:  # case 28
    pid, code = hers()
    offers.reserve(code=code, profile_id=pid, order_id="1", now=NOW, until=LATER)
    assert check(code, pid).reason == "in_use"
    assert check(code, pid, order_id="1").ok, "her own order is no hindrance"
    assert check(code, pid, now=LATER).ok, "it ran out"
    offers.confirm("1", now=NOW)
    assert check(code, pid).reason == "used"
    assert check(code, person()).reason == "refused", "a stranger learns nothing"


@pytest.mark.parametrize(
    ("fixed", "tries"),
    [({"session_key": "one"}, 10), ({"ip": "198.51.100.7"}, 60), ({"profile_id": -1}, 10)],
)
def test_guesses_are_counted_by_session_address_and_account(
    fixed: dict[str, Any], tries: int
) -> None:
    pid, code = hers()
    for number in range(tries):
        own = {"session_key": f"s{number}", "ip": f"203.0.113.{number}", **fixed}
        if "profile_id" in own:
            own["profile_id"] = pid
        check("ACDEF23457", **own)
    stranger = {"session_key": "fresh", "ip": "192.0.2.99", **fixed}
    stranger.pop("profile_id", None)
    assert not check(code, pid, **stranger).ok


def test_right_codes_are_never_counted() -> None:
    pid, code = hers()
    assert all(check(code, pid).ok for _ in range(100))


def test_a_flood_raises_one_alarm_an_hour(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "FLOOD", 20)
    publish(plan())
    for number in range(2 * guessing.FLOOD):
        check("ACDEF23457", session_key=str(number), ip=str(number))
    row = CodeAlarm.objects.get()
    assert row.wrong == 2 * guessing.FLOOD
    assert caplog.text.count("somebody is guessing") == 2
    assert offers.last_alarm() == row


def test_a_cache_that_is_down_stops_no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ConnectionError

    pid, code = hers()
    for name in ("get", "add", "incr"):
        monkeypatch.setattr(cache, name, broken)
    assert check(code, pid).ok
    assert not check("ACDEF23457", pid).ok


@pytest.mark.soak
def test_ten_thousand_guesses_learn_nothing(monkeypatch: pytest.MonkeyPatch) -> None:  # case 43
    """By one address behind many sessions, by one session, by one account: one answer, one pace."""
    monkeypatch.setattr(guessing, "FLOOD", 2_000)
    pid, code = hers()
    kinds: dict[str, list[float]] = {"unknown": [], "hers": [], "noise": [], "throttled": []}
    answers = set()
    for number in range(10_000):
        kind = sorted(kinds)[number % 4]
        text = {"unknown": "ACDEF23457", "noise": "x" * (number % 70)}.get(kind, code)
        who = pid if kind == "throttled" else None
        started = time.perf_counter()
        found = check(text, who, session_key=f"s{number % 50}", ip="198.51.100.7")
        kinds[kind].append(time.perf_counter() - started)
        if number > 4 * guessing.MOST["ip"]:
            answers.add(found)
    assert answers == {guessing.refused()}
    paces = [statistics.median(times) for times in kinds.values()]
    assert max(paces) < 1.5 * min(paces), kinds.keys()
    assert CodeAlarm.objects.get().wrong == 8_000, "the last time that it looked"
