"""What pages of the real shop promise is what is given: with offers that let somebody earn faster.

And what these pages cost: a basket is priced once, and our queries do not grow with it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import clock, pipeline
from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.models import Lot
from clm_plugin.offers.plan import Conditions, Effect
from clm_plugin.statements.api import forget_hints
from clm_plugin.wallet.plan import Caps, EarnRule, Exclusions, SpendRules
from tests.adapters import credit, offers_shop
from tests.adapters.credit import Saver, profile_of
from tests.offers.plans import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db
PER_FULL = EarnRule(id="a", kind="per_full", amount_minor=10_00, per_minor=20_00)


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    forget_hints()
    yield
    forget_hints()


@pytest.fixture
def harbour(db: None) -> None:
    """Ten for every full twenty; the lantern costs 45."""
    credit.programme("harbour", name="Harbour credit", earn=(PER_FULL,), pending_days=14)


def double(key: str = "double", **fields: Any) -> None:
    effect = Effect(kind="multiplier", programme="harbour", factor=200)
    offers_shop.publish(plan(key, effect=effect, **fields))


def basket_page(saver: Saver) -> str:
    return " ".join(saver.client.get("/basket/").content.decode().split())


def bought(saver: Saver) -> list[int]:
    """Place an order of what is in the basket; what it earned, by order."""
    saver.to_payment()
    saver.enter_card()
    assert saver.place().status_code == 302
    pipeline.drain(now=clock.now())
    rows = Lot.objects.filter(source_kind="order").order_by("pk")
    return list(rows.values_list("granted_minor", flat=True))


def test_an_offer_of_hers_is_in_what_the_basket_page_promises(
    saver: Saver, stocked_shop: StockedShop, ann: Any, harbour: None
) -> None:
    double(given="grant")
    saver.add(stocked_shop.lantern)
    assert "You will earn <b>£20</b> of Harbour credit" in basket_page(saver)
    offers_shop.give(profile_of(ann), "double")
    page = basket_page(saver)
    assert "You will earn <b>£40</b> of Harbour credit" in page
    assert "<b>£5.00</b> more and you earn another £10" in page
    assert bought(saver) == [40_00]
    earned = saver.client.get("/checkout/thank-you/").content.decode()
    assert "£40" in earned


def test_the_thank_you_page_says_it_before_the_ledger_does(
    saver: Saver, stocked_shop: StockedShop, ann: Any, harbour: None
) -> None:
    double(given="grant")
    offers_shop.give(profile_of(ann), "double")
    saver.add(stocked_shop.lantern)
    saver.to_payment()
    saver.enter_card()
    saver.place()
    assert not Lot.objects.filter(source_kind="order").exists()
    assert "£40" in saver.client.get("/checkout/thank-you/").content.decode()


def test_an_offer_for_a_first_order_counts_for_the_order_that_it_was_promised_for(
    saver: Saver, stocked_shop: StockedShop, harbour: None
) -> None:
    double(given="everybody", conditions=Conditions(first_order=True))
    saver.add(stocked_shop.lantern)
    assert "You will earn <b>£40</b>" in basket_page(saver)
    assert bought(saver) == [40_00]
    saver.add(stocked_shop.lantern)
    assert "You will earn <b>£20</b>" in basket_page(saver)
    assert bought(saver) == [40_00, 20_00]


def test_of_two_orders_in_one_batch_one_is_the_first(
    saver: Saver, stocked_shop: StockedShop, harbour: None
) -> None:
    double(given="everybody", conditions=Conditions(first_order=True))
    for _ in range(2):
        saver.add(stocked_shop.lantern)
        saver.to_payment()
        saver.enter_card()
        saver.place()
    pipeline.drain(now=clock.now())
    rows = Lot.objects.filter(source_kind="order")
    assert sorted(rows.values_list("granted_minor", flat=True)) == [20_00, 40_00]


def test_a_product_page_says_what_everybody_earns(
    saver: Saver, stocked_shop: StockedShop, ann: Any, harbour: None
) -> None:
    url = stocked_shop.lantern.get_absolute_url()

    def hint() -> str:
        forget_hints()
        return saver.client.get(url).content.decode()

    double("mine", given="grant")
    offers_shop.give(profile_of(ann), "mine")
    double("first", given="everybody", conditions=Conditions(first_order=True))
    assert "Earns <b>£20</b> of Harbour credit" in hint(), "the page is the same for everybody"
    double("all", given="everybody")
    assert "Earns <b>£40</b> of Harbour credit" in hint()


def test_a_free_unit_does_not_lose_the_earning_of_the_others(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """A gift of ours is one of the eight mugs: seven count, to earn and to be paid with credit."""
    rule = EarnRule(id="p", kind="percent", basis_points=1000)
    full_price = Exclusions(discounted=True)
    credit.programme(
        "harbour", name="Harbour", earn=(rule,), earn_exclusions=full_price,
        spend=SpendRules(exclusions=full_price),
    )  # fmt: skip
    credit.give(ann, 100_00, key="harbour")
    gift = Effect(kind="gift", product_id=str(stocked_shop.mug.pk))
    offers_shop.publish(plan("mug", effect=gift, given="everybody"))
    saver.add(stocked_shop.mug, 8)
    page = basket_page(saver)
    assert "Use up to £66.50" in page
    assert "You will earn <b>£6.65</b> of Harbour" in page
    assert bought(saver) == [6_65]


def ours(client: Any, url: str) -> list[str]:
    """The tables of ours that a page asks, a name for each statement."""
    client.get(url)  # what is kept in memory is there
    return asked(client, url)


def asked(client: Any, url: str) -> list[str]:
    # Read at once: the next request empties the log.
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    found = [re.search(r'FROM "clm_plugin_(\w+)"', each["sql"]) for each in queries]
    return [each.group(1) for each in found if each]


def priced(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One for each time that a basket is priced for us."""
    found: list[None] = []
    ask = OscarShop.request_purchase

    def request_purchase(self: OscarShop, request: Any) -> Any:
        found.append(None)
        return ask(self, request)

    monkeypatch.setattr(OscarShop, "request_purchase", request_purchase)
    return found


def test_a_basket_page_prices_the_basket_once(
    saver: Saver, stocked_shop: StockedShop, harbour: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver.add(stocked_shop.lantern)
    saver.use("5.00")
    times = priced(monkeypatch)
    page = basket_page(saver)
    assert "Use up to £10.00" in page
    assert "You will earn <b>£20</b>" in page
    assert len(times) == 1
    # The view of the payment pages has priced it already.
    saver.to_payment()
    times.clear()
    assert "You will earn" in saver.client.get("/checkout/payment-details/").content.decode()
    assert times == []
    saver.client.logout()
    saver.add(stocked_shop.lantern)
    assert "You will earn" in basket_page(saver)
    assert len(times) == 1, "a guest's is priced for what it earns alone"


def test_our_queries_on_a_basket_page_do_not_grow_with_it(
    saver: Saver, stocked_shop: StockedShop, ann: Any, harbour: None
) -> None:
    saver.add(stocked_shop.lantern)
    few = ours(saver.client, "/basket/")
    assert len(few) <= 9
    saver.add(stocked_shop.mug, 3)
    saver.add(stocked_shop.cards.children.first())
    for number in range(5):
        credit.give(ann, 100, expires_at=clock.now() + timedelta(days=number + 1))
        credit.programme(
            f"more-{number}", earn=(PER_FULL,), caps=Caps(customer_minor=50_00), budget_minor=90_00
        )
    many = ours(saver.client, "/basket/")
    assert sorted(many) == sorted([*few, "posting", "budget"]), "caps of persons, and budgets"
    double(given="everybody", conditions=Conditions(segments=("1",)))
    # What her offers do: the basket's own question of who she is, and four for the multiplier.
    boosted = ours(saver.client, "/basket/")
    assert len(boosted) <= len(many) + 6


def test_a_product_page_asks_little_and_nothing_while_it_is_warm(
    client: Any, stocked_shop: StockedShop, harbour: None
) -> None:
    url = stocked_shop.lantern.get_absolute_url()
    double(given="everybody")
    warm = ours(client, url)
    forget_hints()
    cold = asked(client, url)
    assert sorted(cold) == sorted([*warm, "programmeset", "programmeset", "offerset"])
    for number in range(3):
        credit.programme(f"more-{number}", earn=(PER_FULL,))
    forget_hints()
    assert len(ours(client, url)) == len(warm)
    forget_hints()
    assert asked(client, url) == cold
