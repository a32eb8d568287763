"""Lines of which some units are reduced: the others count, on earning and (in test_spending) on
spending. No database."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.wallet.earning import earned
from clm_plugin.wallet.plan import Exclusions
from tests.wallet.test_earning import NOW, TEN_PERCENT, bought, line, programme

REDUCED = Exclusions(discounted=True)


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        # 38 ornaments of 5.00, one of them free, ten at half price, all of them reduced.
        ({"total_minor": 185_00, "discount_minor": 5_00, "discounted_quantity": 1}, 185_00),
        ({"total_minor": 165_00, "discount_minor": 25_00, "discounted_quantity": 10}, 140_00),
        ({"total_minor": 171_00, "discount_minor": 19_00, "discounted_quantity": 38}, 0),
        # A shop that does not tell of how many: of all of them.
        ({"total_minor": 185_00, "discount_minor": 5_00, "discounted_quantity": None}, 0),
        ({"total_minor": 185_00, "discount_minor": 5_00, "discounted_quantity": 0}, 0),
        # More was taken off than the units it was taken of come to.
        ({"total_minor": 10_00, "discount_minor": 180_00, "discounted_quantity": 1}, 10_00),
        ({"total_minor": 190_00, "discount_minor": 0, "discounted_quantity": None}, 190_00),
    ],
)
def test_units_that_nothing_was_taken_off_count(given: dict[str, Any], counts: int) -> None:
    plan = programme(earn=(TEN_PERCENT,), earn_exclusions=REDUCED)
    ornaments = line(0, **given, quantity=38, title="Ornament")
    found = earned(plan, bought(ornaments), at=NOW)
    assert found.base_minor == counts
    assert found.amount_minor == counts // 10


def test_which_units_are_reduced_is_said_where_they_cost_something() -> None:
    plan = programme(earn_exclusions=REDUCED)
    free = line(185_00, quantity=38, discount_minor=5_00, discounted_quantity=1)
    assert earned(plan, bought(free), at=NOW).left_out == ()
    cheap = line(165_00, quantity=38, discount_minor=25_00, discounted_quantity=10)
    (out,) = earned(plan, bought(cheap), at=NOW).left_out
    assert out.reason % dict(out.values) == "10 of 38 already reduced."


def test_tax_and_what_credit_paid_fall_on_reduced_units_as_well() -> None:
    # Two at 50.00 and two at 25.00, a fifth of it tax; 60 of the 150 paid with credit.
    mixed = line(
        150_00, quantity=4, discount_minor=50_00, discounted_quantity=2, tax_minor=25_00
    )  # fmt: skip
    plan = programme(earn=(TEN_PERCENT,), earn_exclusions=Exclusions(discounted=True, tax=True))
    assert earned(plan, bought(mixed), at=NOW).base_minor == 83_33
    paid = earned(plan, bought(mixed, paid_by_credit_minor=60_00), at=NOW)
    assert paid.base_minor == 83_33 * 60 // 100
