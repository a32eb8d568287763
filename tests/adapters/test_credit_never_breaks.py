"""Whatever happens to the wallet, the shop sells: without credit, once, and no card pays twice."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters import later
from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.adapters.oscar.store_credit import StoreCredit
from clm_plugin.adapters.reconcile import reconcile
from clm_plugin.adapters.tender import api as tender
from clm_plugin.wallet import api as wallet
from demo_shop.models import GatewayTransaction
from demo_shop.refunds import ShopEventHandler
from tests.adapters.credit import Saver, free, held, programme

if TYPE_CHECKING:
    from tests.demo.conftest import StockedShop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("receivers_fail")]
Order = get_model("order", "Order")


def charged() -> list[Decimal]:
    return [row.amount for row in GatewayTransaction.objects.filter(status="captured")]


def buy(saver: Saver, shop: StockedShop) -> None:
    """Everything works, from the basket to the thank-you page; one order, paid by card."""
    saver.add(shop.lantern)
    assert saver.client.get("/basket/").status_code == 200
    saver.use()
    saver.to_payment()
    assert saver.client.get("/checkout/payment-details/").status_code == 200
    saver.enter_card()
    answer = saver.place()
    assert answer.status_code == 302, answer.content.decode()
    assert saver.client.get(answer.headers["Location"]).status_code == 200
    assert Order.objects.count() == 1
    assert charged() == [Decimal("45.00")]


@pytest.mark.parametrize("error", [RuntimeError, DatabaseError, OperationalError, RecursionError])
def test_the_quote_raises(
    saver: Saver, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error("no")

    monkeypatch.setattr(wallet, "quote", refuse)
    buy(saver, stocked_shop)


@pytest.mark.parametrize("table", ["lot", "account", "compiledprogramme", "hold"])
def test_a_table_of_ours_is_gone(
    saver: Saver, stocked_shop: StockedShop, ann: Any, table: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE clm_plugin_{table} RENAME TO clm_gone")
    try:
        if table == "hold":  # credit is shown, and cannot be held: she is told, and pays by card
            saver.add(stocked_shop.lantern)
            saver.use()
            saver.to_payment()
            saver.enter_card()
            answer = saver.place()
            assert "Store credit cannot be used at the moment" in answer.content.decode()
            assert charged() == []
            saver.enter_card()
            assert saver.place().status_code == 302
            assert charged() == [Decimal("45.00")]
        else:
            buy(saver, stocked_shop)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE clm_gone RENAME TO clm_plugin_{table}")
    assert Order.objects.count() == 1
    assert free(ann) == 1000


@pytest.mark.parametrize("step", ["begin", "complete"])
@pytest.mark.parametrize("error", [wallet.WalletError, OperationalError])
def test_the_ledger_refuses(
    saver: Saver,
    stocked_shop: StockedShop,
    ann: Any,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: Any,
) -> None:
    """Told before a card is charged, or with the charge given back; then she pays by card."""

    def refuse(**_: Any) -> None:
        raise error("no")

    name = {"begin": "hold", "complete": "capture"}[step]
    with monkeypatch.context() as patch:
        patch.setattr(wallet, name, refuse)
        answer = saver.checkout(stocked_shop.lantern)
        said = {
            "begin": "Store credit cannot be used at the moment",
            "complete": "Your store credit could not be used, so the order was not placed",
        }
        assert said[step] in answer.content.decode()
        assert not Order.objects.exists()
        saver.enter_card()
        assert saver.place().status_code == 302
    assert Order.objects.count() == 1
    given_back = GatewayTransaction.objects.filter(kind="refund")
    assert sum(charged()) - sum(row.amount for row in given_back) == Decimal("45.00")
    assert (free(ann), held(ann)) == (1000, 0)


def test_a_release_that_fails_is_left_to_the_time_out(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from demo_shop import clock as shop_clock
    from demo_shop import gateway

    def refuse(**_: Any) -> None:
        raise OperationalError("no")

    with monkeypatch.context() as patch:
        patch.setattr(wallet, "release", refuse)
        saver.checkout(stocked_shop.lantern, number=gateway.DECLINES)
    assert (free(ann), held(ann)) == (0, 1000)
    shop_clock.move(timedelta(minutes=31))
    wallet.release_due(now=clock.now())
    assert (free(ann), held(ann)) == (1000, 0)


def test_an_order_whose_capture_was_lost_is_settled_once(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop that cannot write order and credit in one transaction, and died in between; even when
    the hold timed out since."""
    with monkeypatch.context() as patch:
        patch.setattr(tender, "complete", lambda **_: None)
        assert saver.checkout(stocked_shop.lantern).status_code == 302
    assert (free(ann), held(ann)) == (0, 1000)
    orders = OscarShop().orders()
    assert tender.settle(orders, now=clock.now()) == 1
    assert tender.settle(orders, now=clock.now()) == 0
    reconcile(now=clock.now())
    assert (free(ann), held(ann)) == (0, 0)
    assert wallet.paid_on([orders[0].id]) == {orders[0].id: (1000, 0)}


def test_an_order_that_was_refunded_before_it_was_settled_keeps_its_credit(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refund found nothing to open again: nothing was spent yet, as far as the ledger knew."""
    with monkeypatch.context() as patch:
        patch.setattr(tender, "complete", lambda **_: None)
        saver.checkout(stocked_shop.lantern)
    ShopEventHandler().refund_amount(saver.order(), Decimal("9.00"))
    assert tender.settle(OscarShop().orders(), now=clock.now()) == 1
    assert (free(ann), held(ann)) == (200, 0)
    assert wallet.verify(now=clock.now()).ok


def test_the_reconciler_settles(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tender, "complete", lambda **_: None)
        saver.checkout(stocked_shop.lantern)
    for each in wallet.held_for(saver.order().number):
        wallet.release(hold_key=each.key, now=clock.now(), reason="timed out")
    reconcile(now=clock.now())
    assert (free(ann), held(ann)) == (0, 0)


def test_a_checkout_without_credit_asks_the_wallet_nothing_when_it_is_paid(
    saver: Saver, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver.add(stocked_shop.lantern)
    saver.to_payment()
    saver.enter_card()
    saver.preview()
    asked: list[int] = []
    for name in ("quote", "hold", "capture", "rehold", "release", "balance"):
        monkeypatch.setattr(wallet, name, lambda *_, **__: asked.append(1))
    assert saver.place("0").status_code == 302
    assert asked == []


needs_postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="needs TEST_DATABASE=postgres"
)


@needs_postgres
@pytest.mark.usefixtures("hurried")
def test_a_wallet_that_sleeps_adds_at_most_fifty_milliseconds(
    saver: Saver, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that takes 30 s gives up, and the pages of the next seconds do not ask."""
    saver.add(stocked_shop.lantern)

    def sleep(*_: Any, **__: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    def fastest(times: int) -> float:
        found = []
        for _ in range(times):
            monkeypatch.setattr(later, "_rest_until", 0.0)
            began = time.monotonic()
            assert saver.client.get("/basket/").status_code == 200
            found.append(time.monotonic() - began)
        return min(found)

    usual = fastest(6)
    monkeypatch.setattr(wallet, "quote", sleep)
    added = fastest(6) - usual
    print(f"basket {usual:.3f} s, a sleeping wallet adds {added:.3f} s")
    assert added <= 0.05
    monkeypatch.setattr(later, "_rest_until", 0.0)
    get_model("basket", "Line").objects.all().delete()
    buy(saver, stocked_shop)


def test_the_box_costs_a_bounded_number_of_queries(
    saver: Saver, stocked_shop: StockedShop, rf: Any, ann: Any, django_assert_max_num_queries: Any
) -> None:
    from tests.adapters import oscar_factory as oscar

    for number in range(5):
        programme(f"more-{number}")
    request = oscar.make_request(ann)
    oscar.fill_basket(request, [(stocked_shop.lantern, 1), (stocked_shop.mug, 2)])
    purchase = OscarShop().request_purchase(request)
    # Two of them set the time-outs on PostgreSQL and take them off again.
    with django_assert_max_num_queries(10):
        use = tender.credit_use(request, lambda: purchase)
    assert use is not None
    assert use.up_to.minor == 1000


def test_the_mixin_keeps_its_names_apart() -> None:
    """A host's own view has names like ``_charge``: the mixin's private ones all say ``credit``."""
    public = {"store_credit", "rest_to_pay", "pay_with_credit"}
    oscars = {"get_context_data", "submit", "place_order", "handle_successful_order"}
    oscars |= {"restore_frozen_basket"}
    names = {name for name in vars(StoreCredit) if not name.startswith("__")}
    others = names - public - oscars
    assert {name for name in others if not name.startswith("_credit")} == set()
