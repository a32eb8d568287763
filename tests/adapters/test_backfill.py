"""The back-fill: the whole history once, silently, in pages, resumable."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from oscar.core.loading import get_model

from clm_plugin.adapters import history
from clm_plugin.adapters.history import backfill
from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.models import Facts, Profile, QueuedEvent
from clm_plugin.money import Money
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]
DAY = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Two customers with three orders, a guest with two, a cancelled order, a refund, a clerk."""
    monkeypatch.setattr(history, "PAGE", 2)
    ann, ben = oscar.make_user("ann@example.com", "Ann"), oscar.make_user("ben@example.com")
    oscar.make_user("clerk@example.com", is_staff=True)
    mug = oscar.make_product(price=1000, cost=400)
    orders = [
        oscar.make_order(ann, [(mug, 1)], at=DAY),
        oscar.make_order(ann, [(mug, 2)], at=DAY + timedelta(days=10)),
        oscar.make_order(ben, [(mug, 1)], at=DAY + timedelta(days=11), status="Cancelled"),
        oscar.make_order(None, [(mug, 1)], at=DAY + timedelta(days=12), email="Guest@Example.com"),
        oscar.make_order(None, [(mug, 1)], at=DAY + timedelta(days=20), email="guest@example.com"),
    ]
    oscar.make_source(orders[1]).refund(oscar.pounds(500))
    for model in ("event", "eventkey", "queuedevent"):
        _empty(model)
    return {"ann": ann, "ben": ben, "orders": orders}


def _empty(table: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM clm_plugin_{table}")


def test_everything_is_read_once(past: dict[str, Any], told: Told) -> None:
    done = backfill(OscarShop(), now=NOW)
    assert (done.registrations, done.orders, done.refunds) == (3, 5, 1)
    assert done.stored == len(told()) == 2 + 5 + 1 + 1  # no clerk; one cancellation
    again = backfill(OscarShop(), now=NOW)
    assert again == history.Backfilled()
    restarted = backfill(OscarShop(), now=NOW, restart=True)
    assert (restarted.orders, restarted.stored) == (5, 0)


def test_history_is_silent(past: dict[str, Any], told: Told) -> None:
    backfill(OscarShop(), now=NOW)
    """Events of this source are not live (``Event.is_live``): they start nothing."""
    assert {event.source for event in told()} == {"backfill"}


def test_times_are_those_of_the_records(past: dict[str, Any], told: Told) -> None:
    backfill(OscarShop(), now=NOW)
    assert [event.occurred_at for event in told("order.placed")] == [
        order.date_placed for order in past["orders"]
    ]


def test_a_guest_of_the_past_is_one_person_and_no_account(past: dict[str, Any], told: Told) -> None:
    backfill(OscarShop(), now=NOW)
    first, second = told("order.placed")[3:]
    assert first.actor == second.actor
    assert first.actor.startswith("guest:")
    assert first.links is None


def test_a_stopped_run_goes_on(
    past: dict[str, Any], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the third page of orders: what came before is kept, and not read again."""
    pages = []

    class Dying(OscarShop):
        def orders(self, **asked: Any) -> Any:
            pages.append(asked["after"])
            if len(pages) == 3:
                raise KeyboardInterrupt
            return super().orders(**asked)

    with pytest.raises(KeyboardInterrupt):
        backfill(Dying(), now=NOW)
    assert len(told("order.placed")) == 4
    done = backfill(OscarShop(), now=NOW)
    assert (done.registrations, done.orders, done.refunds) == (0, 1, 1)
    assert len(told("order.placed")) == 5


@pytest.fixture
def soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs some days after the orders: it counts every day since, also empty ones."""
    monkeypatch.setattr("clm_plugin.clock.now", lambda: DAY + timedelta(days=40))


@pytest.mark.usefixtures("soon_after")
def test_the_command_reads_and_processes(past: dict[str, Any]) -> None:
    out = io.StringIO()
    call_command("clm_backfill", stdout=out)
    assert "Read 3 accounts, 5 orders and 1 refunds; 9 events are new, 9 were processed" in (
        out.getvalue()
    )
    assert "orders" in out.getvalue()
    assert not QueuedEvent.objects.exists()
    facts = {
        profile.email.lower(): Facts.objects.get(profile=profile)
        for profile in Profile.objects.all()
    }
    assert set(facts) == {"ann@example.com", "ben@example.com", "guest@example.com"}
    ann, ben, guest = (facts[f"{name}@example.com"] for name in ("ann", "ben", "guest"))
    assert (ann.orders, ann.spend_minor, ann.margin_minor, ann.refunded_minor) == (
        2,
        3000,
        1800,
        500,
    )
    assert (ben.orders, ben.spend_minor) == (0, 0)
    assert (guest.orders, guest.spend_minor) == (2, 2000)


@pytest.mark.usefixtures("soon_after")
def test_the_command_may_leave_the_work_to_the_workers(past: dict[str, Any]) -> None:
    out = io.StringIO()
    call_command("clm_backfill", "--no-process", stdout=out)
    assert QueuedEvent.objects.count() == 9
    call_command("clm_backfill", "--restart", verbosity=0, stdout=out)
    assert not QueuedEvent.objects.exists()


@pytest.mark.usefixtures("soon_after")
def test_a_terminal_gets_a_bar(past: dict[str, Any]) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    call_command("clm_backfill", stdout=out)
    assert "[##############################]            5 of 5 (100%)" in out.getvalue()


def test_a_page_costs_a_fixed_number_of_queries(
    past: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop = OscarShop()
    for limit in (1, 5):
        with django_assert_num_queries(5):
            shop.orders(limit=limit)
    with django_assert_num_queries(1):
        shop.refunds()
    with django_assert_num_queries(1):
        shop.registrations()


def test_what_was_taken_off_and_paid_with_credit_is_read_where_there_is_some(
    past: dict[str, Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop, model = OscarShop(), get_model("order", "Order")
    reduced, paid, *_ = model.objects.order_by("date_placed", "pk")
    reduced.discounts.create(amount=Decimal("1.50"), voucher_code="TEN")
    kind = get_model("payment", "SourceType").objects.create(code="store-credit", name="Credit")
    paid.sources.create(source_type=kind, currency="GBP", amount_debited=Decimal(3))
    with django_assert_num_queries(7):
        orders = {order.id: order for order in shop.orders(limit=5)}
    assert (orders[reduced.number].discount, orders[reduced.number].codes) == (
        Money(150, "GBP"), ("TEN",),
    )  # fmt: skip
    assert orders[paid.number].paid_by_credit == Money(300, "GBP")
    assert orders[reduced.number].paid_by_credit is None
    assert orders[paid.number].discount == Money(0, "GBP")
