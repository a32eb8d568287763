"""Credit when two profiles become one, when that is undone, and when a person is erased.

A merge gives accounts another owner and touches no amount: lots, holds and dates stay what they
are, so an undo gives back exactly what was brought, less what was spent since.
"""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat

from clm_plugin.moving import Moved, move_rows, name_of, return_rows
from clm_plugin.profiles.api import profiles
from clm_plugin.upsert import is_conflict
from clm_plugin.wallet.accounts import lock
from clm_plugin.wallet.expiring import expire
from clm_plugin.wallet.holding import void
from clm_plugin.wallet.models import (
    ERASED,
    Account,
    Hold,
    HoldShare,
    Lot,
    Posting,
    Transaction,
)
from clm_plugin.wallet.programme_models import Promise
from clm_plugin.wallet.request_models import GrantRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet


def move(old: int, new: int) -> Moved:
    """After a merge: accounts and holds of ``old`` are those of ``new``, and so is what waits for
    an order or for a second person."""
    _lock([old, new])
    return move_rows(old, new, Account, Hold, Promise, GrantRequest)


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: what she brought is hers again, and what was given since stays.

    A debt goes with the account whose credit it is about, although it was made since.
    """
    _lock([owner, to])
    brought = Account.objects.filter(pk__in=moved.get(name_of(Account), []), profile=owner)
    names = list(brought.values_list("opened_for", flat=True))
    return_rows(moved, Account, Hold, Promise, owner=owner, to=to)
    debts = Account.objects.filter(profile=owner, opened_for__in=names)
    debts.filter(purpose=Account.Purpose.DEBT).update(profile=to)
    _give_back_requests(moved, owner=owner, to=to)


def _give_back_requests(moved: Moved, *, owner: int, to: int) -> None:
    """What was asked for her is hers again, but for what was agreed to meanwhile: a request stays
    with the account that it was posted to."""
    keys = moved.get(name_of(GrantRequest), [])
    rows = GrantRequest.objects.filter(pk__in=keys, profile=owner)
    elsewhere = Posting.objects.filter(
        transaction=OuterRef("transaction"), account__purpose="customer", account__profile=owner
    )
    rows.exclude(Exists(elsewhere)).update(profile=to)


_TRIES, _PAUSE = 20, 0.05


def _lock(profile_ids: Sequence[int], *, theirs: bool = False) -> dict[int, Account]:
    """Lock profiles (so that nothing is granted to one meanwhile), holds and accounts; ``theirs``:
    holds of others on this credit as well (they were one person when it was set aside).

    Never waiting for one while it has another: a shopper who pays may wait for what a merge has,
    and where two wait for each other, the database ends one of them, perhaps hers. Raises the
    database's error (``upsert.is_conflict`` knows it) when somebody is busy for a second.
    """
    for again in range(_TRIES, -1, -1):
        try:
            with transaction.atomic():
                return _lock_at_once(profile_ids, theirs)
        except OperationalError as error:
            if not again or not is_conflict(error):
                raise
        sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")


def _lock_at_once(profile_ids: Sequence[int], theirs: bool) -> dict[int, Account]:
    if connection.vendor == "postgresql":
        people = profiles().filter(pk__in=profile_ids).order_by("id")
        list(people.select_for_update(of=("self",), nowait=True).values_list("id"))
    pending = _pending(profile_ids) if theirs else Hold.objects.filter(profile__in=profile_ids)
    pending = pending.filter(state=Hold.State.PENDING)
    nowait = connection.features.has_select_for_update_nowait
    list(pending.order_by("id").select_for_update(no_key=True, nowait=nowait).values_list("id"))
    # Who agrees to a request locks it first and the person after it.
    asked = GrantRequest.objects.filter(profile__in=profile_ids, state=GrantRequest.State.WAITING)
    list(asked.order_by("id").select_for_update(no_key=True, nowait=nowait).values_list("id"))
    mine = Account.objects.filter(profile__in=profile_ids).values_list("pk", flat=True)
    return lock(mine, wait=not nowait)


def _pending(profile_ids: Sequence[int]) -> QuerySet[Hold]:
    on_it = HoldShare.objects.filter(lot__account__profile__in=profile_ids)
    rows = Hold.objects.filter(state=Hold.State.PENDING)
    return rows.filter(Q(profile__in=profile_ids) | Q(pk__in=on_it.values("hold")))


def forget(profile_ids: Sequence[int], *, now: datetime) -> int:
    """Before an erasure: holds are released (another's too that are on this credit), what is left
    expires, accounts are nobody's.

    Every word that could lead to her is struck out of the books; the amounts stay, and balance.
    Where a transaction moved somebody else's credit too (they were one person once), its order
    stays named: a refund has to find what is hers. Returns how many accounts there were.
    """
    with transaction.atomic():
        accounts = _lock(profile_ids, theirs=True)
        void(_pending(profile_ids).order_by("id"), reason=ERASED, now=now)
        accounts = lock(accounts)  # as they are now
        lots = Lot.objects.filter(account__in=accounts)
        expire(lots.filter(remaining_minor__gt=0), accounts, now=now, reason=ERASED, actor=ERASED)
        _strike_out(list(accounts), list(profile_ids))
        Account.objects.filter(pk__in=accounts).update(profile=None, opened_for=None)
    return len(accounts)


def _strike_out(accounts: list[int], profile_ids: list[int]) -> None:
    number = Concat(Value(f"{ERASED}:"), Cast("pk", CharField()))
    order = Case(When(order_id="", then=Value("")), default=Value(ERASED))
    source = Case(When(source_ref="", then=Value("")), default=Value(ERASED))
    # Who did it stays where it was one of the shop's people, or a part of the machinery.
    actor = Case(
        When(Q(actor__startswith="customer:") | Q(actor__contains="@"), then=Value(ERASED)),
        default=F("actor"),
    )
    struck = Transaction.objects.filter(postings__account__in=accounts)
    struck.update(reason="", actor=actor)
    others = Account.objects.filter(profile__isnull=False).exclude(pk__in=accounts)
    struck.exclude(postings__account__in=others).update(
        key=number, fingerprint="", order_id=order, source_ref=source
    )
    Lot.objects.filter(account__in=accounts).update(source_ref=source, reason="", due_at=None)
    of_her = Hold.objects.filter(shares__lot__account__in=accounts)
    only_hers = of_her.exclude(shares__lot__account__in=others)
    named = Hold.objects.filter(Q(profile__in=profile_ids) | Q(pk__in=only_hers.values("pk")))
    named.update(key=number, fingerprint="", reason=ERASED, order_id=order)
    Hold.objects.filter(profile__in=profile_ids).update(profile=None)
