"""What the bulk loader has loaded: one small shop, looked at from every side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model

from demo_shop import loading
from demo_shop.data import packed
from demo_shop.loading.customers import ADMIN, NEWCOMER, PASSWORD, SHOPPER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.django_db
Category = get_model("catalogue", "Category")
Line = get_model("order", "Line")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")
Source = get_model("payment", "Source")
StockRecord = get_model("partner", "StockRecord")

NOW = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)  # already the 4th in London
LONDON = ZoneInfo("Europe/London")
FEW = 60


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[loading.Report]:
    """Loaded once for all that only look at it; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        report = loading.load(now=NOW, limit_customers=FEW, pictures=False)
        with django_db_blocker.block():
            yield report
        transaction.set_rollback(True)


def test_it_reports_what_it_loaded(shop: loading.Report) -> None:
    assert shop.loaded
    assert shop.customers == FEW
    assert shop.orders == Order.objects.count() > FEW
    assert shop.lines == Line.objects.count() > shop.orders
    assert shop.products == Product.objects.browsable().count()


def test_a_second_load_does_nothing(shop: loading.Report) -> None:
    before = Order.objects.count()
    with CaptureQueriesContext(connection) as queries:
        assert not loading.load(now=NOW).loaded
    assert len(queries) == 1
    assert Order.objects.count() == before


def test_totals_are_the_sum_of_lines_and_shipping(shop: loading.Report) -> None:
    for order in Order.objects.annotate(goods=Sum("lines__line_price_incl_tax")):
        assert order.total_incl_tax == order.goods + order.shipping_incl_tax
        assert order.shipping_incl_tax == (Decimal(0) if order.goods >= 40 else Decimal("3.95"))
        assert order.total_excl_tax == order.total_incl_tax
    for line in Line.objects.all():
        assert line.line_price_incl_tax == line.unit_price_incl_tax * line.quantity


def test_each_order_was_paid_by_card(shop: loading.Report) -> None:
    assert Source.objects.count() == shop.orders
    assert not Source.objects.exclude(amount_debited=F("order__total_incl_tax")).exists()
    source = Source.objects.select_related("source_type").first()
    assert source.source_type.name == "Card"
    source.refund(Decimal("1.00"))
    assert source.amount_refunded == Decimal("1.00")


def test_dates_move_by_whole_days_and_end_yesterday(shop: loading.Report) -> None:
    history = packed.read().history
    real = {
        str(number): packed.local_time(minute)
        for number, minute in zip(history.invoices, history.order_minutes, strict=True)
    }
    shifts = set()
    for order in Order.objects.all():
        local = order.date_placed.astimezone(LONDON).replace(tzinfo=None)
        shifts.add(local - real[order.number.removeprefix("LH")])
    (shift,) = shifts
    assert shift % timedelta(days=1) == timedelta()
    last = packed.local_time(history.order_minutes[-1]) + shift
    assert last.date().isoformat() == "2026-06-03"


def test_accounts_are_older_than_their_first_order(shop: loading.Report) -> None:
    assert not Order.objects.filter(user__date_joined__gte=F("date_placed")).exists()


def test_guests_have_an_address_and_no_account(shop: loading.Report) -> None:
    guests = Order.objects.filter(user=None)
    assert guests.exists()
    assert not guests.filter(guest_email="").exists()
    emails = set(guests.values_list("guest_email", flat=True))
    assert not get_user_model().objects.filter(email__in=emails).exists()
    assert not Order.objects.exclude(user=None).exclude(guest_email="").exists()


@pytest.mark.parametrize("email", [SHOPPER, NEWCOMER, ADMIN])
def test_the_demo_logins_work(shop: loading.Report, email: str) -> None:
    assert authenticate(None, username=email, password=PASSWORD)


def test_the_demo_logins_are_who_they_should_be(shop: loading.Report) -> None:
    users = get_user_model().objects
    assert Order.objects.filter(user__email=SHOPPER).count() >= 4
    assert not Order.objects.filter(user__email=NEWCOMER).exists()
    admin = users.get(email=ADMIN)
    assert admin.is_superuser
    assert admin.username == "admin"
    others = users.exclude(email__in=[SHOPPER, NEWCOMER, ADMIN])
    assert not any(user.has_usable_password() for user in others)


def test_lines_point_at_what_was_sold(shop: loading.Report) -> None:
    assert not Line.objects.exclude(stockrecord__product=F("product")).exists()
    assert not Line.objects.filter(product__structure=Product.PARENT).exists()
    assert not Line.objects.exclude(status="Complete").exists()


def test_variants_have_their_attribute_and_everything_its_cost(shop: loading.Report) -> None:
    clock = Product.objects.get(upc="22727")
    assert clock.is_child
    assert str(clock.attr.colour) == "Red"
    assert 0 < clock.attr.cost_price < clock.stockrecords.get().price
    assert StockRecord.objects.count() == len(packed.read().items)
    costs = Product.objects.filter(attribute_values__attribute__code="cost_price")
    assert costs.count() == StockRecord.objects.count()


def test_slugs_are_unique_and_pages_have_a_category(shop: loading.Report) -> None:
    twice = Product.objects.values("slug").annotate(n=Count("id")).filter(n__gt=1)
    assert not twice.exists()
    assert not Product.objects.browsable().filter(categories=None).exists()
    assert Category.objects.count() == 8
