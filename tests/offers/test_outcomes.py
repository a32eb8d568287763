"""Reservations follow the log when the checkout could not settle them; an offer boosts earning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin import pipeline
from clm_plugin.events.api import claim
from clm_plugin.models import Identifier, Profile
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Redemption
from clm_plugin.offers.plan import Effect
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.publishing import publish as publish_programme
from tests.factories import NOW, new, order, store
from tests.offers.plans import LATER, person, plan, publish
from tests.wallet.test_programmes import authored

pytestmark = pytest.mark.django_db


def tell(*events: object) -> None:
    store(*events, at=NOW)  # type: ignore[arg-type]
    pipeline.drain(now=NOW)


def reserved(order_id: str = "o1") -> str:
    publish(plan())
    ada = person("ada@example.com")
    grant = offers.grant_offer(profile_id=ada, offer="ten", key="g", reason="a test", now=NOW)
    code = offers.code_for(grant.id, now=NOW)
    offers.reserve(code=code, profile_id=ada, order_id=order_id, now=NOW, until=LATER)
    return code


def state() -> str:
    return str(Redemption.objects.get().state)


def test_an_order_whose_checkout_could_not_confirm_is_confirmed_by_the_log() -> None:
    reserved()
    offers.free_due(now=LATER + timedelta(minutes=1))  # it even ran out meanwhile
    assert state() == "freed"
    tell(order("customer:1", "o1"))
    assert state() == "confirmed"
    tell(order("customer:1", "o1"))
    assert state() == "confirmed"


def test_a_cancelled_order_frees_its_code_and_history_frees_nothing() -> None:
    reserved()
    tell(order("customer:1", "o1"))
    tell(new("order.cancelled", "customer:1", NOW, order_id="o2"))
    assert state() == "confirmed", "another order's"
    tell(new("order.cancelled", "customer:1", NOW, order_id="o1"))
    assert state() == "freed"


def test_events_about_nothing_reserved_cost_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    store(*(order("customer:1", f"o{n}") for n in range(5)), at=NOW)
    store(new("product.viewed", "customer:1", NOW, product_id="1"), at=NOW)
    claimed = claim(now=NOW).events
    assert len(claimed) == 6
    with django_assert_num_queries(1):
        offers.settle(claimed, now=NOW)
    with django_assert_num_queries(0):
        offers.settle([event for event in claimed if event.type == "product.viewed"], now=NOW)


def test_an_offer_of_hers_multiplies_what_an_order_earns() -> None:
    wallet.forget_programmes()
    publish_programme(compile_programme(authored(pending_days=0)), now=NOW)
    publish(
        plan(
            "double",
            given="grant",
            effect=Effect(kind="multiplier", programme="harbour", factor=200),
        )
    )
    tell(new("customer.registered", "customer:1", NOW, email="a@example.com"))
    ada = Identifier.objects.get(actor="customer:1").profile
    offers.grant_offer(profile_id=ada.pk, offer="double", key="g", reason="a test", now=NOW)
    lines = {"product_ids": ("1",), "quantities": (1,), "category_ids": ("1",)}
    for actor in ("customer:1", "customer:2"):
        told = new(
            "order.placed", actor, NOW, order_id=f"o-{actor[-1]}", currency="GBP",
            total_minor=5_000, totals_minor=(5_000,), **lines,
        )  # fmt: skip
        tell(told)
    eve: Profile = Identifier.objects.get(actor="customer:2").profile
    found = [wallet.balance(who.pk, "GBP", now=NOW).available_minor for who in (ada, eve)]
    assert found == [2_000, 1_000]
