"""Codes and offers in orders: reserved, confirmed, freed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from clm_plugin.offers import api as offers
from clm_plugin.offers import counting
from clm_plugin.offers.models import OfferCode, OfferCounter, Redemption
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def her() -> int:
    return person()


def code(profile_id: int, key: str = "k", offer: str = "ten") -> str:
    grant = offers.grant_offer(profile_id=profile_id, offer=offer, key=key, reason="", now=NOW)
    return offers.code_for(grant)


def reserve(text: str, profile_id: int | None, order: str = "1", **fields: Any) -> offers.Reserved:
    values = {"now": NOW, "until": LATER}
    return offers.reserve(code=text, profile_id=profile_id, order_id=order, **{**values, **fields})


def bulk(wanted: int = 1) -> list[str]:
    batch = offers.start_batch(offer="ten", wanted=wanted, now=NOW)
    assert offers.make_codes(batch.pk, now=NOW) == 0
    return list(OfferCode.objects.filter(batch=batch).order_by("pk").values_list("text", flat=True))


def test_a_code_is_reserved_used_and_used_up(her: int) -> None:
    publish(plan())
    text = code(her)
    held = reserve(text.lower(), her)
    assert (held.state, held.code, held.repeated) == ("reserved", text, False)
    assert reserve(text, her).repeated
    assert OfferCode.objects.get().state == "reserved"
    done = offers.confirm("1", now=NOW, order_minor=5_000)
    assert [each.offer for each in done.confirmed] == ["ten"]
    assert offers.confirm("1", now=NOW).confirmed[0].repeated
    assert OfferCode.objects.get().state == "used"
    row = Redemption.objects.get()
    assert (row.state, row.order_minor, row.profile_id) == ("confirmed", 5_000, her)
    with pytest.raises(offers.CodeTaken):
        reserve(text, her, "2")


def test_one_code_in_two_sessions_the_second_is_told_before_it_pays() -> None:  # case 28
    publish(plan())
    (text,) = bulk()
    reserve(text, None, "first")
    with pytest.raises(offers.CodeTaken, match="another checkout"):
        reserve(text, None, "second")
    offers.free("first", now=NOW)
    assert reserve(text, None, "second").state == "reserved"
    offers.confirm("second", now=NOW)
    assert offers.confirm("first", now=NOW) == offers.Confirmed()
    assert Redemption.objects.filter(state="confirmed").count() == 1


def test_the_constraint_alone_refuses_the_second_order(
    her: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red first: without the look at other orders, the unique constraint says no all the same."""
    publish(plan())
    text = code(her)
    reserve(text, her, "first")
    monkeypatch.setattr("clm_plugin.offers.reserving._Desk._is_taken", lambda self, **_: False)
    with pytest.raises(offers.CodeTaken):
        reserve(text, her, "second")
    assert Redemption.objects.count() == 1


@pytest.mark.parametrize("owner", ["stranger", "guest"])
def test_somebody_elses_code_is_refused(her: int, owner: str) -> None:
    publish(plan())
    text = code(her)
    with pytest.raises(offers.CodeRefused):
        reserve(text, person() if owner == "stranger" else None)


def test_unknown_revoked_and_expired_codes_are_refused(her: int) -> None:
    publish(plan(lasts_days=1))
    text = code(her)
    with pytest.raises(offers.CodeRefused):
        reserve("ACDEF23457", her)
    with pytest.raises(offers.CodeRefused):
        reserve(text, her, now=NOW + timedelta(days=2))
    offers.revoke_codes(code=OfferCode.objects.get().pk, reason="leaked", now=NOW)
    with pytest.raises(offers.CodeRefused):
        reserve(text, her)


def test_a_reservation_that_ran_out_is_free_for_the_next_and_the_sweep_frees_it(her: int) -> None:
    publish(plan(limits={"total": 1}))
    text = code(her)
    reserve(text, her, "1")
    assert offers.next_due() == LATER
    assert offers.free_due(now=LATER - timedelta(microseconds=1)) == 0
    second = reserve(text, her, "2", now=LATER, until=LATER + timedelta(hours=1))
    assert second.state == "reserved", "nobody has to wait for the sweep"
    assert offers.free_due(now=LATER + timedelta(hours=1)) == 1
    assert Redemption.objects.filter(state="freed", end_reason="timed_out").count() == 2
    assert OfferCode.objects.get().state == "free"
    assert OfferCounter.objects.get(scope="total").used == 0
    assert offers.next_due() is None


def test_a_late_order_takes_its_reservation_up_again_if_it_can(her: int) -> None:
    publish(plan(limits={"total": 1}))
    text = code(her)
    reserve(text, her, "1")
    offers.free_due(now=LATER)
    done = offers.confirm("1", now=LATER)
    assert [each.state for each in done.confirmed] == ["confirmed"]
    assert OfferCode.objects.get().state == "used"
    assert offers.wrong_counters() == []


def test_a_late_order_is_told_that_somebody_else_has_the_code_now() -> None:
    publish(plan())
    (text,) = bulk()
    reserve(text, None, "1")
    offers.free_due(now=LATER)
    reserve(text, None, "2", now=LATER, until=LATER + timedelta(hours=1))
    done = offers.confirm("1", now=LATER)
    assert (done.confirmed, [each.order_id for each in done.lost]) == ((), ["1"])
    assert Redemption.objects.get(order_id="2").state == "reserved"


def test_a_late_order_is_told_that_the_last_place_is_gone() -> None:
    publish(plan(limits={"total": 1}))
    one, two = bulk(2)
    reserve(one, None, "1")
    offers.free_due(now=LATER)
    reserve(two, None, "2", now=LATER, until=LATER + timedelta(hours=1))
    assert len(offers.confirm("1", now=LATER).lost) == 1
    assert Redemption.objects.get(order_id="1").state == "freed"
    assert offers.wrong_counters() == []


def test_a_cancelled_order_gives_its_code_and_its_place_back(her: int) -> None:
    publish(plan(limits={"total": 1, "per_profile": 1, "per_day": 1, "budget_minor": 500}))
    text = code(her)
    reserve(text, her, discount_minor=500)
    offers.confirm("1", now=NOW)
    assert set(OfferCounter.objects.values_list("used", flat=True)) == {1, 500}
    assert offers.free("1", now=NOW) == 1
    assert offers.free("1", now=NOW) == 0
    assert set(OfferCounter.objects.values_list("used", flat=True)) == {0}
    assert reserve(text, her, "2", discount_minor=500).state == "reserved"


def test_all_offers_of_an_order_or_none(her: int) -> None:
    publish(plan(limits={"total": 1}), plan("other"), plan("all", given="everybody"))
    ten, other = code(her), code(her, "2", "other")
    use = offers.Use
    held = offers.reserve_all(
        uses=[use(code=ten), use(code=other), use(offer="all", discount_minor=5)],
        profile_id=her, order_id="1", now=NOW, until=LATER,
    )  # fmt: skip
    assert [each.offer for each in held] == ["ten", "other", "all"]
    # The shopper took a code off again: what is left out is freed.
    offers.reserve_all(uses=[use(code=other)], profile_id=her, order_id="1", now=NOW, until=LATER)
    assert OfferCode.objects.get(text=ten).state == "free"
    # One that does not fit spoils all; nothing stays behind.
    offers.reserve_all(uses=[use(code=ten)], profile_id=her, order_id="2", now=NOW, until=LATER)
    second = code(her, "3")
    with pytest.raises(offers.LimitReached):
        offers.reserve_all(
            uses=[use(offer="all"), use(code=second)],
            profile_id=her, order_id="3", now=NOW, until=LATER,
        )  # fmt: skip
    assert not Redemption.objects.filter(order_id="3").exists()
    assert offers.wrong_counters() == []


def test_only_what_is_everybodys_is_used_without_code_or_grant(her: int) -> None:
    publish(plan(), plan("given", given="grant"))
    at: dict[str, Any] = {"profile_id": her, "now": NOW, "until": LATER}
    with pytest.raises(offers.CodeRefused):
        offers.reserve_all(uses=[offers.Use(offer="ten")], order_id="1", **at)
    grant = offers.grant_offer(profile_id=her, offer="given", key="g", reason="", now=NOW)
    one = offers.Use(grant_id=grant.id)
    offers.reserve_all(uses=[one], order_id="1", **at)
    with pytest.raises(offers.CodeTaken):
        offers.reserve_all(uses=[one], order_id="2", **at)
    with pytest.raises(offers.CodeRefused):
        offers.reserve_all(uses=[one], order_id="2", **{**at, "profile_id": person()})


@pytest.mark.parametrize("minor", [-1, -(10**12)])
def test_a_discount_below_nought_is_refused(her: int, minor: int) -> None:
    publish(plan())
    with pytest.raises(offers.OfferError):
        reserve(code(her), her, discount_minor=minor)


def test_the_check_is_the_last_line_of_defence(her: int) -> None:
    """Red first: with the condition taken out of the UPDATE, the row itself refuses."""
    publish(plan(limits={"total": 1}))
    reserve(code(her), her)
    rows = OfferCounter.objects.filter(scope="total")
    with pytest.raises(IntegrityError, match="clm_counter_within"), transaction.atomic():
        rows.update(used=F("used") + 1)
    with pytest.raises(IntegrityError, match="clm_counter_within"), transaction.atomic():
        rows.update(used=-1)


def test_inside_the_shops_transaction_a_refusal_spoils_nothing_else(her: int) -> None:
    publish(plan(limits={"total": 1}))
    with transaction.atomic():
        reserve(code(her, "1"), her, "1")
        with pytest.raises(offers.LimitReached):
            reserve(code(her, "2"), her, "2")
        assert person(), "the transaction is still good"
        offers.confirm("1", now=NOW)
    assert Redemption.objects.get().state == "confirmed"


def test_statements_are_bounded(her: int) -> None:
    publish(plan(limits={"total": 9, "per_profile": 9, "per_day": 9, "budget_minor": 900}))
    reserve(code(her, "1"), her, "1", discount_minor=5)
    text = code(her, "2")
    with CaptureQueriesContext(
        connection,
    ) as caught:
        reserve(text, her, "2", discount_minor=5)
    assert len(caught) <= 18, [each["sql"][:90] for each in caught]
    with CaptureQueriesContext(connection) as caught:
        offers.confirm("2", now=NOW)
    assert len(caught) <= 18, [each["sql"][:90] for each in caught]


def test_a_wrong_counter_is_found(her: int) -> None:
    publish(plan(limits={"total": 5}))
    reserve(code(her), her)
    OfferCounter.objects.update(used=3)
    assert counting.wrong_counters() == ["ten total: counted 3, used 1"]
