"""Finding, opening and locking accounts.

One order everywhere: the idempotency key (or the hold), the profile, the shop's account, then the
customers' accounts by id, then the budget. Lots have no lock of their own: whoever changes one
holds its account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Sum

from clm_plugin.profiles.api import profiles
from clm_plugin.wallet.errors import BadAmount, NoSuchPerson, OverBudget, UnknownProgramme
from clm_plugin.wallet.models import Account, Budget, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable

_Purpose = Account.Purpose
SHOPS = (_Purpose.ISSUED, _Purpose.REDEEMED, _Purpose.EXPIRED, _Purpose.CLAWED_BACK)
_BUDGETED = (_Purpose.ISSUED, _Purpose.CLAWED_BACK)


def owner_of(profile_id: int) -> int:
    """Whose credit it is now: the profile, or the one it was merged into.

    Locked against being merged or erased meanwhile. Raises NoSuchPerson.
    """
    table = profiles().model._meta.db_table
    # SHARE: a merge under way is waited for, whatever it has written so far.
    lock = " FOR SHARE" if connection.vendor == "postgresql" else ""
    current: int | None = profile_id
    while current is not None:
        profile_id = current
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT merged_into_id FROM {table} WHERE id = %s{lock}", [profile_id])
            row = cursor.fetchone()
        if row is None:
            raise NoSuchPerson(f"there is no profile {profile_id}; it was erased, or never was")
        (current,) = row
    return profile_id


def shop_accounts(programme: str, currency: str, *, counted: bool = True) -> dict[str, int]:
    """The shop's accounts of a programme by purpose, opened when there are none.

    ``counted``: locked against a budget that begins meanwhile; for what issues or takes back, and
    then before any account of a customer. Raises BadAmount when the programme counts in another
    currency.
    """
    found = _shop_accounts(programme, counted)
    if len(found) < len(SHOPS):
        _open_shop(programme, currency)
        found = _shop_accounts(programme, counted)
    if wrong := {its for its, _ in found.values()} - {currency}:
        raise BadAmount(
            f"{programme} counts in {wrong.pop()}, not in {currency}; nothing is converted"
        )
    return {purpose: pk for purpose, (_, pk) in found.items()}


def _open_shop(programme: str, currency: str) -> None:
    Account.objects.bulk_create(
        [Account(purpose=p, programme=programme, currency=currency) for p in SHOPS],
        ignore_conflicts=True,
    )


def currency_of(programme: str) -> str:
    """The currency a programme counts in. Raises UnknownProgramme when it never gave credit."""
    found = _shop_accounts(programme, counted=False)
    if not found:
        raise UnknownProgramme(f"no credit of a programme {programme!r} was ever given")
    return found[_Purpose.ISSUED][0]


def _shop_accounts(programme: str, counted: bool) -> dict[str, tuple[str, int]]:
    lock = " FOR KEY SHARE" if counted and connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT purpose, currency, id FROM {Account._meta.db_table} WHERE programme = %s"
            f" AND purpose NOT IN ('customer', 'debt') ORDER BY id{lock}",
            [programme],
        )
        return {purpose: (currency, pk) for purpose, currency, pk in cursor.fetchall()}


def accounts_of(owner: int, programme: str, currency: str) -> list[Account]:
    """Her accounts of a programme, locked; the one that takes new credit comes first.

    That is her own, which is opened here, and not one that a merge brought her: after an undo, what
    was given to the one person stays with whoever kept her name.
    """
    own = Account(
        purpose=_Purpose.CUSTOMER, programme=programme, currency=currency,
        profile_id=owner, opened_for=owner,
    )  # fmt: skip
    found = _locked_of(owner, programme)
    if not any(_is_own(account, owner) for account in found):
        Account.objects.bulk_create([own], ignore_conflicts=True)
        found = _locked_of(owner, programme)
    return sorted(found, key=lambda account: not _is_own(account, owner))


def _is_own(account: Account, owner: int) -> bool:
    return account.purpose == _Purpose.CUSTOMER and account.opened_for == owner


def _locked_of(owner: int, programme: str) -> list[Account]:
    rows = Account.objects.filter(profile=owner, programme=programme).order_by("id")
    return list(rows.select_for_update(no_key=True))


def lock(ids: Iterable[int], *, skip: bool = False, wait: bool = True) -> dict[int, Account]:
    """Accounts by id, locked in the one order.

    Where somebody else has one: wait, go without it (``skip``), or raise (``wait=False``).
    """
    rows = Account.objects.filter(pk__in=list(ids)).order_by("id")
    rows = rows.select_for_update(no_key=True, skip_locked=skip, nowait=not (wait or skip))
    return {row.pk: row for row in rows}


def debt_account(account: Account) -> Account:
    """The debt beside a customer's account, opened when there is none; not locked."""
    Account.objects.bulk_create(
        [
            Account(
                purpose=_Purpose.DEBT, programme=account.programme, currency=account.currency,
                profile_id=account.profile_id, opened_for=account.opened_for,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Account.objects.get(
        purpose=_Purpose.DEBT, programme=account.programme, opened_for=account.opened_for
    )


def begin_budget(programme: str, currency: str) -> None:
    """Count a programme from now on: everything issued so far, then every grant.

    A grant without a budget holds the shop's account in share until it ends, so none is missed.
    Call it before ``shop_accounts``: two that hold it in share would wait for each other.
    """
    if Budget.objects.filter(pk=programme).exists():
        return
    _open_shop(programme, currency)
    issued = Account.objects.filter(programme=programme, purpose=_Purpose.ISSUED)
    issued.select_for_update().get()
    found = Posting.objects.filter(account__programme=programme, account__purpose__in=_BUDGETED)
    total = -(found.aggregate(total=Sum("amount_minor"))["total"] or 0)
    Budget.objects.bulk_create(
        [Budget(programme=programme, issued_minor=total)], ignore_conflicts=True
    )


def count(programme: str, issued_minor: int, *, most: int | None = None) -> None:
    """Add to what a programme issued, where that is counted. Raises OverBudget beyond ``most``.

    The last lock that a transaction takes: everybody who is given credit waits for this row.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Budget._meta.db_table} SET issued_minor = issued_minor + %s"
            " WHERE programme = %s" + (" AND issued_minor + %s <= %s" if most is not None else ""),
            [issued_minor, programme, *([issued_minor, most] if most is not None else [])],
        )
        done = cursor.rowcount
    if most is not None and not done:
        left = max(0, most - Budget.objects.get(pk=programme).issued_minor)
        raise OverBudget(
            f"{programme} has {left} minor units of its budget left, not {issued_minor}",
            left_minor=left,
        )
