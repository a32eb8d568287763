"""Public codes: one word for many, within the offer's limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from clm_plugin.offers import api as offers
from clm_plugin.offers.guessing import MOST
from clm_plugin.offers.models import OfferCode, OfferCounter, Redemption
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_guesses_yet() -> None:
    cache.clear()


def spring(**limits: Any) -> None:
    publish(plan(limits=limits))
    offers.make_public_code(offer="ten", text="Spring 26", now=NOW)


def use(order: str, who: int | None = None, *, session: str = "", minor: int = 0) -> Any:
    return offers.reserve(
        code="spring26", profile_id=who, session_key=session, order_id=order,
        now=NOW, until=LATER, discount_minor=minor,
    )  # fmt: skip


def check(typed: str = "SPRING26", **more: Any) -> offers.Answer:
    values = {"profile_id": None, "session_key": "s", "ip": "", "now": NOW, **more}
    return offers.check_code(text=typed, **values)


def test_it_is_used_by_many_at_once_and_never_used_up() -> None:
    spring()
    for number in range(3):
        held = use(f"o{number}", person())
        assert (held.code, held.repeated) == ("SPRING26", False)
    assert use("o0").repeated
    done = offers.confirm("o1", now=NOW)
    assert [each.code for each in done.confirmed] == ["SPRING26"]
    assert offers.free("o2", now=NOW) == 1
    assert OfferCode.objects.get().state == OfferCode.State.FREE
    told = offers.public_code_of("ten")
    assert told is not None
    assert (told.code, told.reserved, told.used) == ("SPRING26", 1, 1)
    answer = check("sprlng-26")
    assert (answer.ok, answer.code, answer.is_public) == (True, "SPRING26", True)


@pytest.mark.parametrize(
    ("limits", "told"),
    [({"total": 2}, "as often as it may be"), ({"per_day": 2}, "today"),
     ({"budget_minor": 250}, "budget")],
)  # fmt: skip
def test_the_offers_limits_hold_for_all_of_them(limits: dict[str, int], told: str) -> None:
    spring(**limits)
    for number in range(2):
        use(f"o{number}", minor=100)
    with pytest.raises(offers.LimitReached, match=told):
        use("o3", minor=100)
    offers.free("o0", now=NOW)
    assert use("o3", minor=100).state == "reserved"
    assert offers.wrong_counters() == []


def test_each_customer_counts_and_a_guest_by_her_session() -> None:
    spring(per_profile=1)
    one, other = person(), person()
    use("o1", one)
    use("o2", other)
    with pytest.raises(offers.LimitReached, match="this customer"):
        use("o3", one)
    use("o4", session="ann")
    use("o5", session="bob")
    with pytest.raises(offers.LimitReached, match="this customer"):
        use("o6", session="ann")
    assert offers.wrong_counters() == []
    assert not Redemption.objects.filter(guest="ann").exists(), "no session is kept"
    plans = offers.live_offers()
    assert offers.used_by_guest("ann", plans) == {"ten"}
    assert offers.used_by_guest("eve", plans) == frozenset()
    offers.free("o4", now=NOW)
    assert use("o6", session="ann").state == "reserved"
    assert OfferCounter.objects.filter(scope__startswith="session:").count() == 2


def test_a_guests_late_order_takes_its_place_up_again_if_it_is_free() -> None:
    spring(per_profile=1)
    use("o1", session="ann")
    offers.free_due(now=LATER)
    use_again = offers.confirm("o1", now=LATER)
    assert [each.state for each in use_again.confirmed] == ["confirmed"]
    assert offers.wrong_counters() == []


def test_codes_of_ones_own_do_not_count_by_session() -> None:
    spring(per_profile=1)
    batch = offers.start_batch(offer="ten", wanted=2, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    for number, text in enumerate(OfferCode.objects.filter(batch=batch).values_list("text")):
        offers.reserve(
            code=text[0], profile_id=None, session_key="ann", order_id=f"b{number}",
            now=NOW, until=LATER,
        )  # fmt: skip
    assert not Redemption.objects.exclude(guest="").exists()


@pytest.mark.parametrize("text", ["", "abc", "A" * 21, "50 % off", "\u00c9T\u00c926"])
def test_what_is_no_word_is_refused(text: str) -> None:
    publish(plan())
    with pytest.raises(offers.BadCode):
        offers.make_public_code(offer="ten", text=text, now=NOW)


def test_no_two_codes_read_alike_and_an_offer_has_one() -> None:
    publish(plan(), plan("other"), plan("all", given="everybody"))
    offers.make_public_code(offer="ten", text="SPRING26", now=NOW)
    with pytest.raises(offers.CodeExists):
        offers.make_public_code(offer="ten", text="SUMMER26", now=NOW)
    with pytest.raises(offers.CodeExists):
        offers.make_public_code(offer="other", text="5PRLNG2G", now=NOW)
    batch = offers.start_batch(offer="ten", wanted=1, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    made = OfferCode.objects.get(batch=batch).text
    with pytest.raises(offers.CodeExists):
        offers.make_public_code(offer="other", text=made, now=NOW)
    with pytest.raises(offers.UnknownOffer):
        offers.make_public_code(offer="gone", text="AUTUMN26", now=NOW)
    with pytest.raises(offers.OfferError, match="without a code"):
        offers.make_public_code(offer="all", text="AUTUMN26", now=NOW)


def test_the_database_refuses_a_code_of_nobody_that_is_not_public() -> None:
    with pytest.raises(IntegrityError, match="clm_code_of_somebody"), transaction.atomic():
        OfferCode.objects.create(text="5PR1NG2G", offer="ten", made_at=NOW)


def test_it_is_revoked_and_another_word_takes_its_place() -> None:
    spring()
    use("o1")
    told = offers.public_code_of("ten")
    assert told is not None
    assert offers.revoke_codes(code=told.id, reason="leaked", now=NOW) == 1
    assert check().reason == "refused"
    with pytest.raises(offers.CodeRefused):
        use("o2")
    assert len(offers.confirm("o1", now=NOW).confirmed) == 1, "what was in checkout may be paid"
    assert OfferCode.objects.get().state == OfferCode.State.REVOKED
    with pytest.raises(offers.CodeExists):
        offers.make_public_code(offer="ten", text="SPRING26", now=NOW)
    assert offers.make_public_code(offer="ten", text="MAY26", now=NOW).code == "MAY26"


def test_it_ends_by_itself_and_with_its_offer() -> None:
    publish(plan(closes_at=LATER), plan("short"))
    offers.make_public_code(offer="ten", text="SPRING26", now=NOW)
    offers.make_public_code(offer="short", text="TODAY", expires_at=LATER, now=NOW)
    at = LATER - timedelta(microseconds=1)
    for text in ("SPRING26", "TODAY"):
        assert check(text, now=at).ok
        assert check(text, now=LATER).reason == "refused"


def test_guessing_is_slowed_down_for_it_too() -> None:
    spring()
    for number in range(MOST["session"]):
        assert check(f"SPRING{30 + number}").reason == "refused"
    assert check().reason == "refused", "the right one as well, until the window ends"
    assert check(session_key="other").ok


def test_an_order_that_changes_to_it_gives_the_other_code_back() -> None:
    spring(total=1)
    batch = offers.start_batch(offer="ten", wanted=1, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    single = OfferCode.objects.get(batch=batch)
    offers.reserve(code=single.text, profile_id=None, order_id="o1", now=NOW, until=LATER)
    assert not use("o1").repeated
    single.refresh_from_db()
    assert single.state == OfferCode.State.FREE
    assert offers.wrong_counters() == []
