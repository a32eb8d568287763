"""Any history at all: the books stay right at every step, and are what a simple model says."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clm_plugin.models import Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import NotEnough, NotReversible, Posted, Source
from clm_plugin.wallet.claims import CLAIMS
from tests.lengths import examples
from tests.wallet.ledger import DEBTS, LOTS, NOW, gbp, person
from tests.wallet.model import Model, ModelHold, ModelLot

PROGRAMMES = st.sampled_from(["tea", "coffee"])
MINOR = st.integers(1, 300)
PICK = st.integers(0, 20)
PART = st.sampled_from([10, 25, 50, 90, 100, 120])
"""Per cent of what there is: mostly less, so that most histories go on."""
GRACE = timedelta(days=3)


class Books(RuleBasedStateMachine):
    """Three people, two programmes, every operation there is."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.model = Model(NOW)
        self.alive = [person() for _ in range(3)]
        self.grants: list[tuple[Posted, int]] = []
        self.merged: list[tuple[int, int, Any, list[Any]]] = []
        self.number = 0

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.everybody_has_what_the_model_says()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def key(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def who(self, pick: int) -> int:
        return self.alive[pick % len(self.alive)]

    @initialize()
    def begin(self) -> None:
        for pick in range(6):
            programme = ("tea", "coffee")[pick % 2]
            self.grant(pick=pick, programme=programme, minor=200 + pick, wait=0, last=9 - pick)

    @rule(pick=PICK, programme=PROGRAMMES, minor=MINOR, wait=st.integers(0, 2), last=PICK)
    def grant(self, pick: int, programme: str, minor: int, wait: int, last: int) -> None:
        jane, source = self.who(pick), self.key()
        opens = self.model.now + timedelta(days=wait)
        ends = opens + timedelta(days=1 + last)
        posted = wallet.grant(
            profile_id=jane, programme=programme, amount=gbp(minor), key=source, opens_at=opens,
            expires_at=ends, source=Source("order", source), reason="", actor="",
            now=self.model.now, budget_minor=10**6,
        )  # fmt: skip
        lot = ModelLot(
            id=posted.shares[0].lot_id, account=(jane, programme), granted=minor, left=minor,
            opens_at=opens, expires_at=ends, granted_at=self.model.now, source=source,
        )  # fmt: skip
        self.model.grant(lot, jane)
        self.grants.append((posted, lot.id))

    @rule(pick=PICK, part=PART, minutes=st.integers(1, 3000))
    def hold(self, pick: int, part: int, minutes: int) -> None:
        jane, key = self.who(pick), self.key()
        minor = max(1, self.model.balance(jane)[0] * part // 100)
        ends = self.model.now + timedelta(minutes=minutes)
        asked: Any = {
            "profile_id": jane, "amount": gbp(minor), "key": key, "now": self.model.now,
            "expires_at": ends,
        }  # fmt: skip
        shares = self.model.hold(jane, minor)
        if shares is None:
            with pytest.raises(NotEnough):
                wallet.hold(**asked)
            return
        held = wallet.hold(**asked)
        assert {share.lot_id: share.amount_minor for share in held.shares} == shares
        assert wallet.hold(**asked).repeated
        self.model.holds[key] = ModelHold(key, jane, shares, ends)

    @rule(pick=PICK, part=PART, less=st.sampled_from([0, 0, 7]))
    def pay(self, pick: int, part: int, less: int) -> None:
        self.hold(pick=pick, part=part, minutes=60)
        if self.pending():
            self.capture(pick=len(self.pending()) - 1, less=less)

    def pending(self) -> list[ModelHold]:
        return [hold for hold in self.model.holds.values() if hold.state == "pending"]

    @precondition(lambda self: self.pending())
    @rule(pick=PICK, less=st.integers(0, 40))
    def capture(self, pick: int, less: int) -> None:
        hold = self.pending()[pick % len(self.pending())]
        minor = max(1, sum(hold.shares.values()) - less)
        order = f"order-{hold.key}"
        again: Any = {
            "hold_key": hold.key, "now": self.model.now, "order_id": order, "amount_minor": minor,
        }  # fmt: skip
        first = wallet.capture(**again)
        self.model.capture(hold, minor, order)
        assert wallet.capture(**again).transaction_id == first.transaction_id

    @precondition(lambda self: self.pending())
    @rule(pick=PICK)
    def release(self, pick: int) -> None:
        hold = self.pending()[pick % len(self.pending())]
        wallet.release(hold_key=hold.key, now=self.model.now, reason="declined")
        self.model.void(hold)

    @precondition(lambda self: self.model.orders)
    @rule(pick=PICK, minor=st.none() | MINOR)
    def restore(self, pick: int, minor: int | None) -> None:
        order = list(self.model.orders)[pick % len(self.model.orders)]
        again: Any = {
            "order_id": order, "amount_minor": minor, "key": self.key(), "now": self.model.now,
            "grace": GRACE, "reason": "", "actor": "",
        }  # fmt: skip
        posted = wallet.restore(**again)
        parts = self.model.restored(order, minor)
        assert posted.amount_minor == sum(parts.values())
        assert wallet.restore(**again).amount_minor in (0, posted.amount_minor)
        for share, (number, part) in zip(posted.shares, parts.items(), strict=True):
            assert share.amount_minor == part
            lot, now = self.model.lots[number], self.model.now
            if lot.expires_at <= now:  # a grace lot in its place
                lot = ModelLot(
                    id=share.lot_id, account=lot.account, granted=part, left=0, opens_at=now,
                    expires_at=now + GRACE, granted_at=now, source=lot.source,
                )  # fmt: skip
                self.model.lots[lot.id] = lot
            assert share.lot_id == lot.id
            self.model.come_back(lot, part)

    @precondition(lambda self: self.grants)
    @rule(pick=PICK, minor=st.none() | MINOR)
    def claw_back(self, pick: int, minor: int | None) -> None:
        source = self.model.lots[self.grants[pick % len(self.grants)][1]].source
        if source == "erased":
            return
        back = wallet.claw_back(
            source=Source("order", source), amount_minor=minor, key=self.key(), policy="debt",
            now=self.model.now, reason="", actor="",
        )  # fmt: skip
        assert (back.lot_minor, back.debt_minor) == self.model.claw(source, minor)

    @rule(pick=PICK, programme=PROGRAMMES, part=PART)
    def deduct(self, pick: int, programme: str, part: int) -> None:
        jane = self.who(pick)
        minor = max(1, self.model.balance(jane)[0] * part // 200)
        shares = self.model.deduct(jane, programme, minor)
        asked: Any = {
            "profile_id": jane, "programme": programme, "amount": gbp(minor), "key": self.key(),
            "reason": "", "actor": "", "now": self.model.now,
        }  # fmt: skip
        if shares is None:
            with pytest.raises(NotEnough):
                wallet.deduct(**asked)
        else:
            posted = wallet.deduct(**asked)
            assert {s.lot_id: s.amount_minor for s in posted.shares} == shares

    @precondition(lambda self: self.grants)
    @rule(pick=PICK)
    def reverse(self, pick: int) -> None:
        posted, number = self.grants[pick % len(self.grants)]
        lot = self.model.lots[number]
        asked: Any = {
            "transaction_id": posted.transaction_id, "key": self.key(), "reason": "", "actor": "",
            "now": self.model.now,
        }  # fmt: skip
        try:
            wallet.reverse(**asked)
        except (NotEnough, NotReversible):
            assert lot.free < lot.granted
        else:
            assert lot.free == lot.granted
            lot.left = 0

    @rule(hours=st.sampled_from([1, 5, 13, 36, 72]))
    def time_passes(self, hours: int) -> None:
        now = self.model.now + timedelta(hours=hours)
        wallet.release_due(now=now)
        wallet.expire_due(now=now)
        wallet.notice_due(now=now)
        self.model.pass_time(now)

    @precondition(lambda self: len(self.alive) > 1)
    @rule(pick=PICK)
    def merge(self, pick: int) -> None:
        old = self.alive.pop(pick % len(self.alive))
        new = self.who(pick)
        Profile.objects.filter(pk=old).update(merged_into=new)
        moved = wallet.move(old, new)
        accounts = [its for its, owner in self.model.owners.items() if owner == old]
        holds = [hold for hold in self.model.holds.values() if hold.owner == old]
        for account in accounts:
            self.model.owners[account] = new
        for hold in holds:
            hold.owner = new
        self.merged.append((old, new, moved, [*accounts, *holds]))

    @precondition(lambda self: self.merged and self.merged[-1][1] in self.alive)
    @rule()
    def unmerge(self) -> None:
        old, new, moved, brought = self.merged.pop()
        Profile.objects.filter(pk=old).update(merged_into=None)
        wallet.give_back(moved, owner=new, to=old)
        for each in brought:
            if isinstance(each, ModelHold):
                each.owner = old
            else:
                self.model.owners[each] = old
        self.alive.append(old)

    @precondition(lambda self: len(self.alive) > 2)
    @rule(pick=PICK)
    def erase(self, pick: int) -> None:
        jane = self.alive.pop(pick % len(self.alive))
        wallet.forget([jane], now=self.model.now)
        self.model.forget(jane)
        self.merged = []

    @invariant()
    def the_books_are_right(self) -> None:
        with connection.cursor() as cursor:
            for claim in CLAIMS:
                cursor.execute(claim.offenders)
                assert cursor.fetchall() == [], claim.name

    @invariant()
    def every_lot_and_debt_is_what_the_model_says(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(LOTS)
            assert {row[0]: row[1:] for row in cursor.fetchall()} == {
                lot.id: (lot.left, lot.held, self.model.owners[lot.account])
                for lot in self.model.lots.values()
            }
            cursor.execute(DEBTS)
            owed = {self.model.owners[its]: 0 for its, debt in self.model.debts.items() if debt}
            for its, debt in self.model.debts.items():
                if debt:
                    owed[self.model.owners[its]] += debt
            assert dict(cursor.fetchall()) == owed

    def everybody_has_what_the_model_says(self) -> None:
        for jane in self.alive:
            real = wallet.balance(jane, "GBP", now=self.model.now)
            assert (
                real.available_minor, real.held_minor, real.pending_minor, real.debt_minor,
            ) == self.model.balance(jane)  # fmt: skip


def run(histories: int, steps: int) -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_100_histories_balance() -> None:
    run(examples(100), 15)


@pytest.mark.soak
@pytest.mark.timeout(1500)
@pytest.mark.django_db
def test_1000_histories_balance() -> None:
    run(1000, 40)
