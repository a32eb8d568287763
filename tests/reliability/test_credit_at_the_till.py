"""No double spend, and no crash that eats credit: real processes in the shop's own checkout."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Sum
from oscar.core.loading import get_model
from oscar.test import factories

from clm_plugin import clock
from clm_plugin.events.api import actor
from clm_plugin.profiles.models import Identifier
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Account, Hold, Lot, Posting
from demo_shop.models import GatewayTransaction
from tests.adapters import credit
from tests.adapters import oscar_factory as oscar
from tests.wallet.racing import functions_without_locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.reliability.crew import Crew

pytestmark = pytest.mark.django_db(transaction=True)
Order = get_model("order", "Order")


@pytest.fixture
def lantern() -> Any:
    call_command("demo_pages", verbosity=0)
    credit.programme()
    return factories.create_product(title="Lantern", price=Decimal("45"), num_in_stock=100_000)


def same_person(count: int) -> list[Any]:
    """Accounts of one person, merged: each has a basket of its own, and all have one credit."""
    users = [oscar.make_user() for _ in range(count)]
    profile = credit.profile_of(users[0])
    for user in users[1:]:
        Identifier.objects.create(
            actor=actor("customer", str(user.pk)), profile_id=profile, created_at=clock.now()
        )
    return users


def contend(
    crew: Crew, users: list[Any], lantern: Any, folder: Path, *, round_: int, locked: bool = True
) -> list[dict[str, Any]]:
    keys = [user.pk for user in users]
    crew.run(
        "race_for_credit",
        processes=len(users),
        users=keys,
        product=lantern.pk,
        folder=str(folder),
        round_=round_,
        locked=locked,
    )
    return [json.loads((folder / f"{n}.json").read_text()) for n in range(len(users))]


def captured() -> int:
    rows = Posting.objects.filter(transaction__kind="capture", lot__isnull=False)
    return -(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


@pytest.mark.parametrize(
    ("processes", "rounds"),
    [(3, 2), pytest.param(16, 20, marks=[pytest.mark.soak, pytest.mark.timeout(2400)])],
    ids=["3x2", "16x20"],
)
def test_many_processes_spend_one_credit_once(
    crew: Crew, lantern: Any, tmp_path: Path, processes: int, rounds: int
) -> None:
    """Debits are £10 a round; the others are told before payment, and none of their cards pays."""
    users = same_person(processes)
    for number in range(1, rounds + 1):
        credit.give(users[0], 1000)
        answers = contend(crew, users, lantern, tmp_path, round_=number)
        assert sorted(answer["status"] for answer in answers) == [200] * (processes - 1) + [302]
        assert sum(answer["told"] for answer in answers) == processes - 1
        assert captured() == 1000 * number
        assert Order.objects.count() == number
        assert not Account.objects.filter(purpose="customer", balance_minor__lt=0).exists()
        assert (credit.free(users[0]), credit.held(users[0])) == (0, 0)
    # A loser's basket stays hers, and she comes back with more in it.
    bought = sum(order.total_incl_tax for order in Order.objects.all())
    charged = sum(row.amount for row in GatewayTransaction.objects.filter(kind="charge"))
    assert charged == bought - 10 * rounds
    assert not Lot.objects.exclude(remaining_minor=0).exists()


def test_red_first_without_lock_and_constraints_it_is_spent_again_and_again(
    crew: Crew, lantern: Any, tmp_path: Path
) -> None:
    users = same_person(4)
    credit.give(users[0], 1000)
    # All look before one writes: each waits a second and a half between the two.
    with _unconstrained(), functions_without_locks(1.5):
        contend(crew, users, lantern, tmp_path, round_=1, locked=False)
        assert captured() > 1000


@contextmanager
def _unconstrained() -> Iterator[None]:
    """Without what the database itself refuses; whole again afterwards."""
    dropped = [(Account, "clm_account_balance"), (Lot, "clm_lot_amounts")]
    checks = {
        name: next(each for each in model._meta.constraints if each.name == name)
        for model, name in dropped
    }
    with connection.schema_editor() as editor:
        for model, name in dropped:
            editor.remove_constraint(model, checks[name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            tables = ", ".join(model._meta.db_table for model in (Account, Lot))
            cursor.execute(f"TRUNCATE {tables} CASCADE")
        with connection.schema_editor() as editor:
            for model, name in dropped:
                editor.add_constraint(model, checks[name])


def test_a_checkout_killed_between_hold_and_order(crew: Crew, lantern: Any, tmp_path: Path) -> None:
    """A few of the statements; the slow run takes each."""
    kill_at_each(crew, lantern, tmp_path, some=4)


@pytest.mark.soak
@pytest.mark.timeout(2400)
def test_a_checkout_killed_at_each_statement_between_hold_and_order(
    crew: Crew, lantern: Any, tmp_path: Path
) -> None:
    kill_at_each(crew, lantern, tmp_path, some=None)


def kill_at_each(crew: Crew, lantern: Any, folder: Path, *, some: int | None) -> None:
    """Debited once with the order, or free again when the hold's time is over. Nothing between."""
    note = folder / "statements"
    for _ in range(2):  # the first also makes what every shop makes once: types of payment
        user = oscar.make_user()
        credit.give(user, 1000)
        crew.run(
            "buy_with_credit_and_die",
            user=user.pk,
            product=lantern.pk,
            at_statement=0,
            note=str(note),
        )
    statements = int(note.read_text())
    assert statements > 20
    step = 1 if some is None else max(statements // some, 1)
    outcomes = {"debited": 0, "free": 0}
    for number in range(0, statements, step):
        user = oscar.make_user()
        credit.give(user, 1000)
        crew.start("buy_with_credit_and_die", user=user.pk, product=lantern.pk, at_statement=number)
        assert set(crew.wait().values()) == {int(signal.SIGKILL)}, f"statement {number}"
        stands = Order.objects.filter(user=user).exists()
        assert credit.free(user) + credit.held(user) == (0 if stands else 1000)
        wallet.release_due(now=clock.now() + timedelta(minutes=31))
        assert credit.held(user) == 0, f"statement {number}"
        assert credit.free(user) == (0 if stands else 1000), f"statement {number}"
        outcomes["debited" if stands else "free"] += 1
    print(f"{statements} statements and commits from the hold on; killed before: {outcomes}")
    assert outcomes["free"]
    assert not Hold.objects.filter(state="pending").exists()
    assert not Lot.objects.filter(remaining_minor__lt=F("held_minor")).exists()
    assert captured() == 1000 * Order.objects.count()
