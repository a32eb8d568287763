"""Writing transactions: the claim of a key, then all that one operation changes in one statement.

``Booking`` collects what changes; ``write`` sends it. On PostgreSQL that is one statement with
arrays, on other databases one ``executemany`` per table. Callers hold the accounts' locks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from clm_plugin.wallet.accounts import count
from clm_plugin.wallet.checking import words
from clm_plugin.wallet.data import NO_SOURCE, LotShare, Posted, Source
from clm_plugin.wallet.errors import KeyConflict
from clm_plugin.wallet.models import Account, Lot, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.wallet.data import Kind

_RUNNING = frozenset({Account.Purpose.CUSTOMER, Account.Purpose.DEBT})
_BUDGETED = frozenset({Account.Purpose.ISSUED, Account.Purpose.CLAWED_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A transaction before it has a number."""

    kind: Kind
    currency: str
    key: str
    fingerprint: str
    at: datetime
    programme: str = ""
    reason: str = ""
    actor: str = ""
    order_id: str = ""
    source: Source = NO_SOURCE
    owed_minor: int = 0
    reverses: int | None = None


class HoldDraft(NamedTuple):
    """A hold before it has a number."""

    key: str
    fingerprint: str
    profile_id: int
    currency: str
    minor: int
    order_id: str
    at: datetime
    expires_at: datetime


class CaptureDraft(NamedTuple):
    """What is paid of a hold (None: all that is held), before it is posted."""

    hold_key: str
    minor: int | None
    key: str
    fingerprint: str
    at: datetime
    order_id: str


class Captured(NamedTuple):
    """What was paid, by whom, and of which lots."""

    transaction_id: int
    profile_id: int | None
    currency: str
    minor: int
    shares: tuple[LotShare, ...]


_COLUMNS = (
    "kind", "programme", "currency", "key", "fingerprint", "at", "reason", "actor", "order_id",
    "source_kind", "source_ref", "owed_minor", "reverses_id",
)  # fmt: skip


_CLAIM = (
    f"INSERT INTO {Transaction._meta.db_table} ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join(['%s'] * len(_COLUMNS))}) ON CONFLICT (key) DO NOTHING RETURNING id"
)


def claim(draft: Draft) -> int | None:
    """The number of a new transaction; None when its key was used before with the same parameters.

    Of two that come at once the second one waits here for the first to end. Raises KeyConflict.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, _values(draft))
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    check_key(draft.key, draft.fingerprint)
    return None


def check_key(key: str, fingerprint: str) -> Transaction:
    """The transaction that used this key before. Raises KeyConflict when it was another one."""
    before = Transaction.objects.get(key=key)
    if before.fingerprint != fingerprint:
        raise KeyConflict(
            f"the key {key!r} was used for something else ({before.kind}); use a key of its own"
            " for each operation, and the same parameters when you repeat one"
        )
    return before


def _values(draft: Draft) -> list[Any]:
    return [
        draft.kind,
        draft.programme,
        draft.currency,
        draft.key,
        draft.fingerprint,
        connection.ops.adapt_datetimefield_value(draft.at),
        words(draft.reason),
        words(draft.actor, 80),
        draft.order_id,
        draft.source.kind,
        draft.source.reference,
        draft.owed_minor,
        draft.reverses,
    ]


def answer(key: str) -> Posted:
    """The first answer to a key that was used before."""
    before = Transaction.objects.get(key=key)
    legs = (
        Posting.objects.filter(transaction=before, lot__isnull=False)
        .order_by("id")
        .values_list("lot_id", "account__programme", "amount_minor")
    )
    shares = tuple(LotShare(lot, programme, abs(minor)) for lot, programme, minor in legs)
    return Posted(
        transaction_id=before.pk,
        kind=before.kind,  # type: ignore[arg-type]
        amount_minor=sum(share.amount_minor for share in shares),
        currency=before.currency,
        shares=shares,
        repeated=True,
    )


@dataclass(slots=True)
class Booking:
    """What an operation changes. Amounts are signed: what comes to an account or lot."""

    postings: list[tuple[int, int, int | None, int]] = field(default_factory=list)
    _lots: dict[int, list[int]] = field(default_factory=dict)
    _accounts: dict[int, list[int]] = field(default_factory=dict)
    _issued: dict[str, int] = field(default_factory=dict)

    def post(self, transaction: int, account: int, minor: int, *, lot: int | None = None) -> None:
        """A leg on a customer's account (with its lot) or debt, which have a running balance."""
        self.postings.append((transaction, account, lot, minor))
        self._add(self._accounts, account, minor, 0)
        if lot is not None:
            self._add(self._lots, lot, minor, 0)

    def post_shop(
        self, transaction: int, shop: dict[str, int], purpose: str, minor: int, programme: str
    ) -> None:
        """A leg on an account of the shop."""
        self.postings.append((transaction, shop[purpose], None, minor))
        if purpose in _BUDGETED:
            self._issued[programme] = self._issued.get(programme, 0) - minor

    def set_aside(self, account: int, lot: int, minor: int) -> None:
        """Hold a part of a lot, or (negative) let it go."""
        self._add(self._accounts, account, 0, minor)
        self._add(self._lots, lot, 0, minor)

    @staticmethod
    def _add(rows: dict[int, list[int]], key: int, balance: int, held: int) -> None:
        row = rows.setdefault(key, [0, 0])
        row[0] += balance
        row[1] += held

    def write(self, *, most: int | None = None) -> None:
        """Send it all. ``most``: the programme's budget; raises OverBudget beyond it."""
        if connection.vendor == "postgresql":
            parts = self._parts()
            if parts:
                with connection.cursor() as cursor:
                    cursor.execute(f"WITH {_named(parts)} SELECT 1")
        else:
            self._write_by_table()
        for programme, minor in sorted(self._issued.items()):
            if minor:
                count(programme, minor, most=most)

    def _parts(self) -> list[str]:
        """The statements, numbers written out: they are ours, and of no use as parameters."""
        lots = [(pk, *change) for pk, change in self._lots.items() if any(change)]
        accounts = [(pk, *change) for pk, change in self._accounts.items() if any(change)]
        pairs: tuple[tuple[str, Sequence[tuple[Any, ...]]], ...] = (
            (_UPDATE_LOTS, lots),
            (_UPDATE_ACCOUNTS, accounts),
            (_INSERT_POSTINGS, self.postings),
        )
        return [sql.format(rows=_written(rows)) for sql, rows in pairs if rows]

    def _write_by_table(self) -> None:
        with connection.cursor() as cursor:
            for model, changes in ((Lot, self._lots), (Account, self._accounts)):
                first = "remaining_minor" if model is Lot else "balance_minor"
                cursor.executemany(
                    f"UPDATE {model._meta.db_table} SET {first} = {first} + %s,"
                    " held_minor = held_minor + %s WHERE id = %s",
                    [(*change, pk) for pk, change in sorted(changes.items()) if any(change)],
                )
            cursor.executemany(
                f"INSERT INTO {Posting._meta.db_table}"
                " (transaction_id, account_id, lot_id, amount_minor) VALUES (%s, %s, %s, %s)",
                self.postings,
            )


def _named(parts: Sequence[str]) -> str:
    return ", ".join(f"p{number} AS ({sql})" for number, sql in enumerate(parts))


def _written(rows: Sequence[tuple[Any, ...]]) -> str:
    """Whole numbers as the rows of VALUES; None is NULL."""
    return ", ".join(
        "(" + ", ".join("NULL::bigint" if v is None else f"{v}" for v in row) + ")" for row in rows
    )


_UPDATE_LOTS = (
    f"UPDATE {Lot._meta.db_table} AS t SET remaining_minor = t.remaining_minor + d.a,"
    " held_minor = t.held_minor + d.b FROM (VALUES {rows}) AS d (id, a, b) WHERE t.id = d.id"
)
_UPDATE_ACCOUNTS = (
    f"UPDATE {Account._meta.db_table} AS t SET balance_minor = t.balance_minor + d.a,"
    " held_minor = t.held_minor + d.b FROM (VALUES {rows}) AS d (id, a, b) WHERE t.id = d.id"
)
_INSERT_POSTINGS = (
    f"INSERT INTO {Posting._meta.db_table} (transaction_id, account_id, lot_id, amount_minor)"
    " VALUES {rows}"
)
