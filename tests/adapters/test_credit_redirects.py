"""A payment that leaves the shop for the bank: comes back, comes back late, or does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.money import Money
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.wallet import api as wallet
from demo_shop import gateway
from tests.adapters.credit import (
    Saver,
    charged,
    free,
    held,
    other_session,
    profile_of,
    to_preview,
)

if TYPE_CHECKING:
    from tests.demo.conftest import StockedShop

Order = get_model("order", "Order")
pytestmark = pytest.mark.django_db


def test_case_30_credit_that_another_tab_holds(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """The balance is reduced meanwhile, and whole again when the hold's time is over."""
    with FrozenClock(datetime.now(UTC)) as at:
        _leave_for_the_bank(saver, stocked_shop)
        assert (free(ann), held(ann)) == (0, 1000)
        tab = other_session(ann)
        tab.add(stocked_shop.mug)
        page = tab.client.get("/basket/").content.decode()
        assert "£10.00 more waits for another order" in page
        assert "Use up to" not in page
        at.move(minutes=31)
        wallet.release_due(now=clock.now())
        assert (free(ann), held(ann)) == (1000, 0)
        # Shipping is left out of what credit pays, the mug is not.
        assert "Use up to £9.50" in tab.client.get("/basket/").content.decode()


def _leave_for_the_bank(saver: Saver, shop: StockedShop) -> str:
    """Place an order with a card whose bank asks first; the bank's question."""
    to_preview(saver, shop.lantern, number=gateway.ASKS_BANK)
    answer = saver.place()
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    assert target.path == "/checkout/bank/"
    assert "£35.00" in saver.client.get(answer.headers["Location"]).content.decode()
    return str(parse_qs(target.query)["q"][0])


def _answer(saver: Saver, question: str, answer: str = "yes") -> Any:
    return saver.client.post("/checkout/bank/answer/", {"q": question, "answer": answer})


def test_a_redirect_that_comes_back_in_time(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    question = _leave_for_the_bank(saver, stocked_shop)
    assert _answer(saver, question).headers["Location"] == "/checkout/thank-you/"
    assert charged() == [Decimal("35.00")]
    order = saver.order()
    assert {s.source_type.code for s in order.sources.all()} == {"store-credit", "card"}
    assert [each.state for each in wallet.held_for(order.number)] == ["posted"]
    assert (free(ann), held(ann)) == (0, 0)
    # The same answer again, by the browser's back button: nothing more happens.
    _answer(saver, question)
    assert charged() == [Decimal("35.00")]
    assert Order.objects.count() == 1


def test_a_redirect_that_the_bank_refused(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    question = _leave_for_the_bank(saver, stocked_shop)
    answer = _answer(saver, question, "no")
    assert answer.headers["Location"] == "/checkout/payment-details/"
    assert (free(ann), held(ann)) == (1000, 0)
    saver.enter_card()
    assert saver.place().status_code == 302
    assert charged() == [Decimal("35.00")]


def test_case_31_a_forty_minute_redirect_takes_the_credit_anew(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    with FrozenClock(datetime.now(UTC)) as at:
        question = _leave_for_the_bank(saver, stocked_shop)
        at.move(minutes=40)
        wallet.release_due(now=clock.now())
        assert (free(ann), held(ann)) == (1000, 0)
        assert _answer(saver, question).headers["Location"] == "/checkout/thank-you/"
    assert charged() == [Decimal("35.00")]
    assert (free(ann), held(ann)) == (0, 0)


def test_case_31_a_forty_minute_redirect_fails_before_the_card_is_charged(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """The credit was spent meanwhile, in another tab."""
    with FrozenClock(datetime.now(UTC)) as at:
        question = _leave_for_the_bank(saver, stocked_shop)
        at.move(minutes=40)
        wallet.release_due(now=clock.now())
        now = clock.now()
        wallet.hold(
            profile_id=profile_of(ann),
            amount=Money(600, "GBP"),
            key="tab",
            now=now,
            expires_at=now + timedelta(minutes=30),
        )
        answer = _answer(saver, question)
    assert "cannot be used" in answer.content.decode()
    assert charged() == []
    assert not Order.objects.exists()
    assert get_model("basket", "Basket").objects.get(lines__isnull=False).status == "Open"
    assert (free(ann), held(ann)) == (400, 600)
