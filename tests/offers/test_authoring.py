"""Offers as marketers write them: compiled on publish, errors that say what to do."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.checking import wrong_with
from clm_plugin.offers.encoding import plan_from_json, plan_to_json
from clm_plugin.offers.live import forget_offers, live_offers
from clm_plugin.offers.models import CompiledOffer, Offer, OfferSet
from clm_plugin.offers.plan import Conditions, Effect, Limits
from tests.factories import NOW
from tests.offers.plans import LATER, plan

pytestmark = pytest.mark.django_db
TEN = ("percent", {"percent": Decimal("12.5"), "most": Decimal(20)})


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_offers()


def authored(effect: tuple[str, Any] = TEN, *conditions: tuple[str, Any], **fields: Any) -> Offer:
    values: dict[str, Any] = {"key": "ten", "name": "Ten", "title": "Ten off", "currency": "GBP"}
    offer = Offer(live=False, **{**values, **fields})
    offer.effect = [effect]
    offer.conditions = list(conditions)
    offer.save()
    return offer


def publish(offer: Offer) -> Offer:
    offer.save_revision().publish()
    offer.refresh_from_db()
    return offer


@pytest.mark.parametrize(
    ("effect", "compiled"),
    [
        (TEN, Effect(kind="percent", percent=1_250, most_minor=2_000)),
        (("amount", {"amount": Decimal("5.50")}), Effect(kind="amount", amount_minor=550)),
        (("free_shipping", {}), Effect(kind="free_shipping")),
        (("gift", {"product": ["7"], "quantity": 2}),
         Effect(kind="gift", product_id="7", quantity=2)),
        (("store_credit", {"programme": "cash", "amount": Decimal(10), "days": 5}),
         Effect(kind="store_credit", programme="cash", amount_minor=1_000, days=5)),
        (("multiplier", {"programme": "cash", "factor": Decimal("2.5")}),
         Effect(kind="multiplier", programme="cash", factor=250)),
        (("trial", {"what": "membership", "days": 7}),
         Effect(kind="trial", entitlement="membership", days=7)),
    ],
)  # fmt: skip
def test_every_kind_is_compiled_and_read_back(effect: Any, compiled: Effect) -> None:
    publish(authored(effect))
    found = live_offers()["ten"]
    assert found.effect == compiled
    assert plan_from_json(plan_to_json(found)) == found


def test_everything_else_is_compiled_too(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    publish(
        authored(
            TEN,
            ("minimum", {"amount": Decimal(30)}),
            ("only", {"products": ["1"], "categories": ["2"]}),
            ("without", {"products": ["3"], "categories": ["4"]}),
            ("full_price", None),
            ("first_order", None),
            ("stages", {"stages": ["convert"]}),
            ("segments", {"segments": ["vip"]}),
            opens_at=NOW,
            closes_at=LATER,
            most_total=9,
            most_per_profile=2,
            most_per_day=3,
            budget=Decimal("99.99"),
            combines="named",
            combines_with=["other"],
            priority=70,
            lasts_days=4,
            given="grant",
        )
    )
    found = live_offers()["ten"]
    assert found.conditions == Conditions(
        min_basket_minor=3_000,
        products=("1",),
        categories=("2",),
        not_products=("3",),
        not_categories=("4",),
        full_price_only=True,
        first_order=True,
        stages=("convert",),
        segments=("vip",),
    )
    assert found.limits == Limits(total=9, per_profile=2, per_day=3, budget_minor=9_999)
    assert (found.combines, found.combines_with, found.priority) == ("named", ("other",), 70)
    assert (found.opens_at, found.closes_at, found.zone) == (NOW, LATER, "Europe/Paris")
    assert (found.given, found.lasts_days) == ("grant", 4)


def test_a_draft_gives_nothing_and_what_is_taken_offline_no_more() -> None:
    offer = authored()
    offer.save_revision()
    assert live_offers() == {}
    publish(offer)
    assert "ten" in live_offers()
    offer.unpublish()
    assert live_offers() == {}
    publish(offer)
    offer.delete()
    assert live_offers() == {}


@pytest.mark.parametrize(
    "plan_",
    [{}, {"key": "bad"}, [], "x",
     {**plan_to_json(plan("bad")), "effect": {"kind": "percent", "x": 1}},
     {**plan_to_json(plan("bad")), "opens_at": "tomorrow"},
     {**plan_to_json(plan("bad")), "title": 7}],
    ids=["empty", "short", "list", "text", "unknown field", "no time", "no text"],
)  # fmt: skip
def test_a_plan_that_cannot_be_read_stops_no_other(
    plan_: Any, caplog: pytest.LogCaptureFixture
) -> None:
    publish(authored())
    CompiledOffer.objects.create(key="bad", version=1, plan=plan_, compiled_at=NOW)
    OfferSet.objects.update(version=5)
    assert set(live_offers()) == {"ten"}
    assert "publish the offer again" in caplog.text


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"closes_at": NOW, "opens_at": LATER}, "closes_at", "later end"),
        ({"closes_at": NOW - timedelta(days=1)}, "closes_at", "in the future"),
        ({"combines": "named"}, "combines_with", "at least one"),
        ({"combines_with": ["x"]}, "combines_with", "only count for"),
        ({"most_total": 5, "most_per_day": 6}, "most_per_day", "raise the total"),
        ({"budget": Decimal("1.005")}, "budget", "2 decimals"),
        ({"currency": "JPY", "budget": Decimal("1.5")}, "budget", "0 decimals"),
        ({"given": "everybody", "lasts_days": 3}, "lasts_days", "end date"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_with_what_to_do(
    change: dict[str, Any], field: str, told: str
) -> None:
    data = {"given": "code", "combines": "all", "currency": "GBP", **change}
    assert [(name, told in text) for name, text in wrong_with(data, now=NOW)] == [(field, True)]


@pytest.mark.parametrize(
    ("effect", "given", "field"),
    [
        (("gift", {"product": ["1", "2"], "quantity": 1}), "code", "effect"),
        (("gift", {"product": [], "quantity": 1}), "code", "effect"),
        (("trial", {"what": "membership", "days": 1}), "everybody", "given"),
        (("store_credit", {"programme": "gone", "amount": 1}), "grant", "effect"),
        (("amount", {"amount": Decimal("0.005")}), "code", "effect"),
    ],
)
def test_effects_that_cannot_be_meant(effect: Any, given: str, field: str) -> None:
    offer = authored(effect)
    data = {"effect": offer.effect, "given": given, "combines": "all", "currency": "GBP"}
    assert [name for name, _ in wrong_with(data, now=NOW)] == [field]


def test_a_key_that_is_live_stays() -> None:
    offer = publish(authored())
    offer.key = "other"
    with pytest.raises(Exception, match="keep that key"):
        offer.full_clean()


def test_a_limit_that_is_taken_away_is_counted_anew_when_it_comes_back() -> None:
    from clm_plugin.offers.models import OfferCounter

    offer = publish(authored(most_total=5))
    OfferCounter.objects.create(offer="ten", scope="total", most=5, used=2)
    OfferCounter.objects.create(offer="ten", scope="day:2026-11-21", most=5, used=2)
    publish(offer)
    assert set(OfferCounter.objects.values_list("scope", flat=True)) == {"total"}
    offer.most_total = None
    publish(offer)
    assert not OfferCounter.objects.exists()


def test_reading_the_live_offers_costs_one_statement(django_assert_num_queries: Any) -> None:
    publish(authored())
    live_offers()
    with django_assert_num_queries(1):
        assert offers.offers(NOW)[0].key == "ten"
