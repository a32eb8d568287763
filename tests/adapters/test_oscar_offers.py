"""Our offers in Oscar's prices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from oscar.apps.partner.strategy import UK
from oscar.core.loading import get_class, get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar import OscarShop, offers_memory
from clm_plugin.adapters.oscar.offers_receivers import give_back
from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import code_of, give, priced, publish, shopper
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
    request = basket_of(
        user, (oscar.make_product(price=333), 1), (oscar.make_product(price=667), 2)
    )
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
    return [
        each["sql"] for each in captured if "clm_plugin_" in each["sql"] or "offer_" in each["sql"]
    ]


def test_a_stranger_costs_no_query(django_assert_max_num_queries: Any) -> None:
    publish(
        plan("ten", given="grant"), plan("all", given="everybody", limits={"per_profile": None})
    )
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

    basket.reset_offer_applications()
    with django_assert_max_num_queries(100) as captured:
        get_class("offer.applicator", "Applicator")().apply(basket, user, request)
    assert not [sql for sql in selects(captured.captured_queries) if "clm_plugin_" in sql]


def shops_own(percent: int, product: Any, *, exclusive: bool) -> Any:
    """A site offer of the shop's on one product."""
    goods = get_model("offer", "Range").objects.create(name=f"Only {product.pk}")
    goods.add_product(product)
    kinds = get_model("offer", "Benefit"), get_model("offer", "Condition")
    benefit = kinds[0].objects.create(range=goods, type="Percentage", value=percent)
    condition = kinds[1].objects.create(range=goods, type="Count", value=1)
    model = get_model("offer", "ConditionalOffer")
    return model.objects.create(
        name="Sale", condition=condition, benefit=benefit, exclusive=exclusive
    )


def used(basket: Any) -> dict[str, int]:
    return {each.plan.key: each.saves.minor for each in basket.clm_offers.used}


def reasons(basket: Any) -> dict[str, str]:
    return {each.key: each.reason for each in basket.clm_offers.left_out}


@pytest.mark.parametrize(
    ("exclusive", "combines", "saves"),
    [
        # Oscar: exclusive offers cannot be combined on the same items.
        (True, "all", 100),
        (False, "all", 190),
        # Ours that goes with no other offer leaves what is reduced already.
        (True, "alone", 100),
        (False, "alone", 100),
    ],
)
def test_beside_an_offer_of_the_shops(exclusive: bool, combines: Any, saves: int) -> None:
    mug, pot = oscar.make_product(price=1000), oscar.make_product(price=1000)
    shops_own(10, mug, exclusive=exclusive)
    publish(plan("ten", given="everybody", combines=combines))
    basket = priced(basket_of(None, (mug, 1), (pot, 1)))
    assert used(basket) == {"ten": saves}
    assert basket.total_incl_tax == Decimal("19.00") - Decimal(saves) / 100


def test_nothing_left_beside_the_shops_offer_is_said_by_its_name() -> None:
    mug = oscar.make_product(price=1000)
    shops_own(10, mug, exclusive=True)
    publish(plan("ten", given="everybody"))
    assert "“Sale”" in reasons(priced(basket_of(None, (mug, 1))))["ten"]


def test_the_better_of_two_counts_and_the_other_is_explained() -> None:
    publish(
        plan("five", amount=500, given="everybody", title="Five off"),
        plan("ten", given="everybody", title="Ten per cent"),
    )
    basket = priced(basket_of(None, (oscar.make_product(price=2000), 1)))
    assert used(basket) == {"five": 500}
    assert "Five off" in reasons(basket)["ten"]


def test_offers_that_combine_never_pay_out(django_assert_max_num_queries: Any) -> None:
    """Case 40; and two of ours on a line ask nothing of Oscar's tables."""
    publish(
        plan("five", amount=900, given="everybody", combines="all"),
        plan("more", amount=500, given="everybody", combines="all"),
    )
    request = basket_of(None, (oscar.make_product(price=1000), 1))
    priced(request)
    with django_assert_max_num_queries(20) as captured:
        basket = priced(request)
    assert basket.total_incl_tax == 0
    assert sum(used(basket).values()) == 1000
    assert not [each for each in captured.captured_queries if "combinations" in each["sql"]]


def test_categories_count_with_all_below_them() -> None:
    top = oscar.make_category("Kitchen")
    below = top.add_child(name="Cups")
    mug, pot = oscar.make_product(price=1000, category=below), oscar.make_product(price=3000)
    publish(plan("cups", given="everybody", conditions={"categories": (str(top.pk),)}))
    assert used(priced(basket_of(None, (mug, 1), (pot, 1)))) == {"cups": 100}
    goods = get_model("offer", "ConditionalOffer").objects.get().condition.range
    assert list(goods.included_categories.all()) == [top]


@pytest.mark.parametrize("with_tax", [True, False])
def test_amounts_are_counted_as_oscar_counts_its_own(with_tax: bool, settings: Any) -> None:
    settings.OSCAR_OFFERS_INCL_TAX = with_tax
    publish(plan("ten", given="everybody"))
    request = basket_of(None, (oscar.make_product(price=1000), 3))

    request.basket.strategy = UK(request)  # twenty per cent
    basket = priced(request)
    assert used(basket) == {"ten": 360 if with_tax else 300}
    assert basket.total_incl_tax == Decimal("32.40")  # of 36.00


def test_a_row_follows_its_offer_and_is_stopped_in_oscars_dashboard() -> None:
    publish(plan("ten", given="everybody", title="Old", version=1))
    request = basket_of()
    priced(request)
    publish(plan("ten", percent=2_000, given="everybody", title="New", version=2, priority=7))
    assert used(priced(request)) == {"ten": 1199}
    row = get_model("offer", "ConditionalOffer").objects.get()
    assert (row.name, row.priority, row.exclusive) == ("New", -993, True)
    row.suspend()
    offers_memory.forget()
    assert used(priced(request)) == {}


def test_two_offers_of_one_title_have_rows_of_their_own() -> None:
    publish(
        plan("a", given="everybody", title="Thanks"), plan("b", given="everybody", title="Thanks")
    )
    priced(basket_of())
    names = (
        get_model("offer", "ConditionalOffer").objects.order_by("pk").values_list("name", flat=True)
    )
    assert list(names) == ["Thanks", "Thanks (b)"]


def test_a_code_in_a_basket_that_became_another_persons_is_not_hers() -> None:
    publish(plan("ten"))
    (ann, ann_id), (bob, _) = shopper(), shopper()
    code = code_of(ann_id, "ten")
    request = basket_of(ann)
    assert OscarShop().apply_code(request, code)
    assert used(priced(request)) == {"ten": 600}
    other = basket_of(bob)
    other.basket.vouchers.add(*request.basket.vouchers.all())
    basket = priced(other)
    assert used(basket) == {}
    assert "cannot be used" in basket.clm_offers.left_out[0].reason


def test_a_code_taken_up_by_a_link_goes_on_the_first_basket() -> None:
    publish(plan("ten"))
    ann, ann_id = shopper()
    code = code_of(ann_id, "ten")
    empty = oscar.make_request(None)
    assert not OscarShop().apply_code(empty, code)  # no basket, and not hers as a stranger
    request = oscar.make_request(ann)
    offers.remember_code(request, code)
    oscar.fill_basket(request, [(oscar.make_product(price=1000), 1)])
    assert used(priced(request)) == {"ten": 100}
    assert offers.remembered_codes(request) == ()


def test_a_limit_that_is_reached_is_not_promised_any_more() -> None:
    publish(plan("ten", given="everybody", limits={"total": 1, "per_profile": None}))
    now = clock.now()
    request = basket_of()
    assert used(priced(request)) == {"ten": 600}
    use, later = offers.Use(offer="ten"), now + timedelta(minutes=5)
    offers.reserve_all(uses=[use], profile_id=None, order_id="1", now=now, until=later)
    offers_memory.forget()
    assert used(priced(request)) == {}


def test_what_only_counts_beside_orders_changes_no_price() -> None:
    effect = Effect(kind="multiplier", programme="cash", factor=200)
    publish(plan("twice", effect=effect, given="everybody"))
    basket = priced(basket_of())
    assert (used(basket), basket.clm_offers.left_out) == ({}, ())
    assert not get_model("offer", "ConditionalOffer").objects.exists()


def test_oscars_counts_of_uses_are_exact() -> None:
    publish(plan("ten", given="everybody", limits={"per_profile": None}))
    product = oscar.make_product(price=1000)
    baskets = [priced(basket_of(None, (product, 1))) for _ in range(3)]
    for basket in baskets:  # each holds a copy of the row that knows of no use
        oscar.checkout(basket)
    row = get_model("offer", "ConditionalOffer").objects.get()
    assert (row.num_orders, row.total_discount) == (3, Decimal("3.00"))


def test_a_cancellation_told_twice_frees_once() -> None:
    publish(plan("ten"))
    ann, ann_id = shopper()
    request = basket_of(ann)
    OscarShop().apply_code(request, code_of(ann_id, "ten"))
    order = oscar.checkout(priced(request), ann)
    voucher = get_model("voucher", "Voucher").objects.get()
    assert voucher.num_orders == 1
    for _ in range(2):
        give_back(order)
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.applications.count()) == (0, 0)
