"""Credit follows the person: merge, undo, erasure."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from clm_plugin import merges
from clm_plugin.models import (
    Account,
    GrantRequest,
    Hold,
    Lot,
    MergeRecord,
    Posting,
    Profile,
    Transaction,
)
from clm_plugin.privacy.api import erase, export
from clm_plugin.profiles.api import Merge
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import clawing
from clm_plugin.wallet.api import HoldClosed, Source, Staff, Wish
from tests.factories import new, store
from tests.wallet.ledger import NOW, TEA, days, free, gbp, give, pay, set_aside

pytestmark = pytest.mark.django_db


def known(actor: str) -> int:
    """A person with a name, as merges need it."""
    from clm_plugin import pipeline
    from clm_plugin.profiles.api import profile_id_of

    store(new("page.viewed", actor, NOW - days(9), path="/", source="browser"), at=NOW)
    pipeline.drain(now=NOW)
    found = profile_id_of(actor)
    assert found is not None
    return found


def join(survivor: int, merged: int) -> int:
    merges.merge([Merge(survivor=survivor, merged=merged, reason="test")], now=NOW)
    return MergeRecord.objects.get(merged=merged).pk


def dates() -> list[tuple[object, ...]]:
    rows = Lot.objects.order_by("id")
    return list(rows.values_list("id", "opens_at", "expires_at", "granted_at", "remaining_minor"))


def test_37_both_with_credit_the_sum_is_hers_and_lots_keep_their_dates() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    give(jane, 500, expires_at=NOW + days(9))
    give(phone, 300, expires_at=NOW + days(3))
    give(phone, 50, opens_at=NOW + days(2))
    held = set_aside(phone, 100)
    before = dates()
    join(jane, phone)
    assert dates() == before
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert (balance.available_minor, balance.held_minor, balance.pending_minor) == (700, 100, 50)
    assert wallet.balances(phone, now=NOW) == []
    wallet.capture(hold_key=held.key, now=NOW, order_id="1")
    assert next(m.amount_minor for m in wallet.history(jane)) == -100
    shares = set_aside(jane, 600).shares
    assert shares[0].amount_minor == 200, "what expires first, whoever brought it"
    assert wallet.verify(now=NOW).ok


def test_an_undone_merge_gives_back_what_was_brought() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    give(jane, 500)
    give(phone, 300)
    record = join(jane, phone)
    give(jane, 40)
    pay(jane, 600, "1")  # the older lots first: 500 of hers, 100 of what the phone brought
    merges.unmerge(record, now=NOW)
    assert (free(jane), free(phone)) == (40, 200)
    assert wallet.verify(now=NOW).ok


def test_a_debt_goes_back_with_the_account_it_is_about() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    give(phone, 300, source=Source("order", "1"))
    pay(phone, 300, "2")
    record = join(jane, phone)
    wallet.claw_back(
        source=Source("order", "1"), amount_minor=None, key="c", policy="debt", now=NOW,
        reason="refund", actor="refund",
    )  # fmt: skip
    assert wallet.balance(jane, "GBP", now=NOW).debt_minor == 300
    merges.unmerge(record, now=NOW)
    debts = [wallet.balance(who, "GBP", now=NOW).debt_minor for who in (jane, phone)]
    assert debts == [0, 300]


def test_a_debt_is_whose_the_account_is_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red before: a merge between the look and the lock left the debt with the name that is gone,
    and no later credit paid it."""
    jane, phone = known("customer:7"), known("visitor:1")
    give(phone, 300, source=Source("order", "1"))
    pay(phone, 300, "2")
    shops = vars(clawing)["shop_accounts"]

    def late(*asked: Any) -> Any:
        join(jane, phone)
        return shops(*asked)

    monkeypatch.setattr(clawing, "shop_accounts", late)
    wallet.claw_back(
        source=Source("order", "1"), amount_minor=None, key="c", policy="debt", now=NOW,
        reason="refund", actor="refund",
    )  # fmt: skip
    assert wallet.balance(jane, "GBP", now=NOW).debt_minor == 300
    give(jane, 1000)
    assert (free(jane), wallet.balance(jane, "GBP", now=NOW).debt_minor) == (700, 0)
    assert wallet.verify(now=NOW).ok


def test_credit_given_to_a_merged_name_is_the_survivors() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    record = join(jane, phone)
    give(phone, 70)
    assert free(jane) == 70
    merges.unmerge(record, now=NOW)
    assert (free(jane), free(phone)) == (70, 0)


def asked(profile_id: int, key: str) -> GrantRequest:
    """What waits for a second person."""
    wish = Wish(
        kind="grant", programme=TEA, amount=gbp(9000), reason="a cup", profile_id=profile_id
    )
    return wallet.ask(wish, key=key, by=Staff(id="1", name="eve", limit=25), now=NOW)


def test_what_waits_for_a_second_person_follows_her_and_comes_back() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    agreed, open_, own = asked(phone, "a"), asked(phone, "b"), asked(jane, "c")
    record = join(jane, phone)
    assert set(wallet.waiting(now=NOW).values_list("profile", flat=True)) == {jane}
    wallet.approve(agreed.pk, by=Staff(id="2", name="max", limit=0), now=NOW)
    assert free(jane) == 9000
    merges.unmerge(record, now=NOW)
    whose = dict(GrantRequest.objects.values_list("pk", "profile"))
    assert whose == {agreed.pk: jane, open_.pk: phone, own.pk: jane}
    assert (free(jane), free(phone)) == (9000, 0), "it stays where it was given"
    wallet.approve(open_.pk, by=Staff(id="2", name="max", limit=0), now=NOW)
    assert free(phone) == 9000


def test_what_was_given_by_hand_before_goes_back_with_its_credit() -> None:
    jane, phone = known("customer:7"), known("visitor:1")
    done = asked(phone, "a")
    wallet.approve(done.pk, by=Staff(id="2", name="max", limit=0), now=NOW)
    record = join(jane, phone)
    assert GrantRequest.objects.get().profile_id == jane
    merges.unmerge(record, now=NOW)
    assert (GrantRequest.objects.get().profile_id, free(phone)) == (phone, 9000)


def test_erased_her_credit_expires_and_the_books_balance() -> None:
    jane = known("customer:7")
    give(jane, 500, source=Source("order", "canary-1"), key="canary-key", reason="for Canarissa")
    give(jane, 70, opens_at=NOW + days(9))
    pay(jane, 100, "canary-2")
    held = set_aside(jane, 200, order_id="canary-3", key="canary-hold")
    staff = [m.actor for m in wallet.history(jane) if m.kind == "grant"]
    erase(jane, now=NOW, asked_by="support")
    assert not Profile.objects.filter(pk=jane).exists()
    assert Account.objects.get(purpose="customer").balance_minor == 0
    expired = Posting.objects.filter(account__purpose="expired")
    assert sum(expired.values_list("amount_minor", flat=True)) == 470
    assert sorted(Hold.objects.values_list("state", flat=True)) == ["posted", "voided"]
    with pytest.raises(HoldClosed):
        wallet.capture(hold_key=held.key, now=NOW, order_id="canary-3")
    assert wallet.verify(now=NOW).ok
    left = [
        row
        for model in (Account, Transaction, Lot, Posting, Hold)
        for row in model.objects.values_list()
        if "canar" in str(row).lower()
    ]
    assert left == []
    assert set(Transaction.objects.filter(kind="grant").values_list("actor", flat=True)) == {*staff}


@pytest.mark.parametrize(("asked", "back"), [(500, 100), (40, 40), (None, 100)])
def test_what_two_paid_while_they_were_one_comes_back_to_who_is_left(
    asked: int | None, back: int
) -> None:
    """An erasure strikes the words of an order out of the books, but not of somebody else's."""
    jane, phone = known("customer:7"), known("visitor:1")
    give(jane, 100)
    give(phone, 300, expires_at=NOW + days(9))
    record = join(jane, phone)
    pay(jane, 400, "shared")
    merges.unmerge(record, now=NOW)
    erase(phone, now=NOW, asked_by="support")
    again = {"order_id": "shared", "amount_minor": asked, "grace": days(3), "now": NOW}
    posted = wallet.restore(**again, key="r1", reason="", actor="")  # type: ignore[arg-type]
    assert (posted.amount_minor, free(jane)) == (back, back)
    assert wallet.verify(now=NOW).ok
    erase(jane, now=NOW, asked_by="support")
    assert not Transaction.objects.filter(order_id="shared").exists()


def test_an_export_shows_lots_and_movements() -> None:
    jane = known("customer:7")
    give(jane, 500)
    pay(jane, 100, "1001")
    pieces = export(jane, now=NOW)
    assert pieces is not None
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        lots = archive.read("csv/lot.csv").decode()
        moves = archive.read("csv/posting.csv").decode()
    assert "500" in lots
    assert "capture" in moves
    assert "1001" in moves


def test_a_rebuild_touches_no_money() -> None:
    from clm_plugin.rebuild import rebuild_facts

    jane = known("customer:7")
    give(jane, 500)
    set_aside(jane, 100)
    before = [list(model.objects.order_by("pk").values()) for model in (Account, Lot, Hold)]
    rebuild_facts(now=NOW)
    after = [list(model.objects.order_by("pk").values()) for model in (Account, Lot, Hold)]
    assert before == after
