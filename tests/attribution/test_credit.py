"""Credit: the last click before an order, inside five days; refunds and cancellations stay true."""

import pytest

from clm_plugin import pipeline
from clm_plugin.attribution.api import Click, touch
from clm_plugin.models import Credit, Identifier, Touch
from tests.factories import NOW, days, new, order, store

pytestmark = pytest.mark.django_db
ME = "customer:1"


def click(campaign: str, ago: float, reference: str = "") -> None:
    store(new("search.made", ME, NOW - days(9), query="x"))
    pipeline.drain(now=NOW)
    profile = Identifier.objects.get(actor=ME).profile_id
    touch(
        [
            Click(
                profile_id=profile,
                campaign=campaign,
                channel="mail",
                reference=reference or f"{campaign}{ago}",
                clicked_at=NOW - days(ago),
            )
        ]
    )


def buy() -> None:
    store(order(ME, "o1", NOW, 4000))
    pipeline.drain(now=NOW)


@pytest.mark.parametrize(
    ("ago", "credited"), [(0, True), (4.99, True), (5.01, False), (-0.1, False)]
)
def test_the_window(ago: float, credited: bool) -> None:
    click("c", ago)
    buy()
    assert Credit.objects.exists() == credited


def test_the_last_click_wins() -> None:
    click("first", 3)
    click("last", 1)
    buy()
    credit = Credit.objects.get()
    assert (credit.campaign, credit.total_minor, credit.margin_minor) == ("last", 4000, 600)


def test_an_order_without_a_click_is_nobodys() -> None:
    buy()
    assert not Credit.objects.exists()


def test_refund_and_cancellation_reach_the_credit() -> None:
    click("c", 1)
    buy()
    store(
        new(
            "order.refunded",
            "",
            NOW,
            order_id="o1",
            refund_id="r",
            amount_minor=500,
            currency="GBP",
        )
    )
    pipeline.drain(now=NOW)
    assert Credit.objects.get().refunded_minor == 500
    store(new("order.cancelled", "", NOW, order_id="o1"))
    pipeline.drain(now=NOW)
    assert Credit.objects.get().cancelled
    assert Credit.objects.count() == 1


def test_a_click_counts_once() -> None:
    click("c", 1, "same")
    click("c", 1, "same")
    assert Touch.objects.count() == 1
