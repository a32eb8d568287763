"""Our offers in Oscar's prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from oscar.core.loading import get_model

from clm_plugin.offers.plan import Effect
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import code_of, give, known, priced, publish, shopper
from tests.offers.plans import plan

pytestmark = pytest.mark.django_db


def basket_of(user: Any = None, *lines: tuple[Any, int]) -> Any:
    request = oscar.make_request(user)
    oscar.fill_basket(request, lines or [(oscar.make_product(price=1999), 3)])
    return request


def test_a_granted_offer_is_taken_off_lines_to_the_penny() -> None:
    publish(plan("ten", given="grant", title="10 % for you"))
    user, profile_id = shopper()
    give(profile_id, "ten")
    request = basket_of(user, (oscar.make_product(price=333), 1), (oscar.make_product(price=667), 2))
    basket = priced(request)
    assert basket.total_incl_tax == Decimal("15.00")  # 16.67 less 1.67
    assert [each["name"] for each in basket.offer_discounts] == ["10 % for you"]
    assert sum(line.discount_value for line in basket.all_lines()) == Decimal("1.67")
    told = basket.clm_offers
    assert [(each.title, each.saves.minor) for each in told.used] == [("10 % for you", 167)]


def test_one_row_per_offer_never_one_per_customer() -> None:
    publish(plan("ten", given="grant"))
    for _ in range(3):
        user, profile_id = shopper()
        give(profile_id, "ten")
        priced(basket_of(user))
    assert get_model("offer", "ConditionalOffer").objects.count() == 1
    assert get_model("offer", "Benefit").objects.count() == 1


def selects(captured: Any) -> list[str]:
    """Statements that read or write rows (savepoints and time limits are not counted)."""
    return [each["sql"] for each in captured if "clm_plugin_" in each["sql"] or "offer_" in each["sql"]]


def test_a_stranger_costs_no_query(django_assert_max_num_queries: Any) -> None:
    publish(plan("ten", given="grant"), plan("all", given="everybody", limits={"per_profile": None}))
    request = basket_of()
    priced(request)  # the process knows the offers now
    with django_assert_max_num_queries(100) as captured:
        basket = priced(request)
    assert [each.plan.key for each in basket.clm_offers.used] == ["all"]
    assert not [sql for sql in selects(captured.captured_queries) if "clm_plugin_" in sql]
    assert len(selects(captured.captured_queries)) == 1  # Oscar's own: its site offers


def test_grants_cost_three_queries_at_most(django_assert_max_num_queries: Any) -> None:
    conditions = {"first_order": True, "categories": ("1",), "segments": ("vip",)}
    publish(
        plan("ten", given="grant", limits={"total": 5, "per_profile": 2, "budget_minor": 10_000}),
        plan("few", given="everybody", conditions=conditions, limits={"per_profile": 1}),
    )
    user, profile_id = shopper()
    give(profile_id, "ten")
    request = basket_of(user)
    priced(request)
    with django_assert_max_num_queries(100) as captured:
        basket = priced(request)
    assert [each.plan.key for each in basket.clm_offers.used] == ["ten"]
    assert len([sql for sql in selects(captured.captured_queries) if "clm_plugin_" in sql]) == 3
    from oscar.core.loading import get_class

    basket.reset_offer_applications()
    with django_assert_max_num_queries(100) as captured:
        get_class("offer.applicator", "Applicator")().apply(basket, user, request)
    assert not [sql for sql in selects(captured.captured_queries) if "clm_plugin_" in sql]
