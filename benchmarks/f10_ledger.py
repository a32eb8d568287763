"""F10: hold and capture on 8 connections, against the least that any ledger can do.

The baseline is a bare transaction in plain SQL: one locked row update and two inserts, into tables
with the indexes of accounts and postings. A hold is a transaction (while she pays), its capture
another (with the order), so a pair of ours is two transactions: each has keys that make it happen
once, lots in order of expiry, checks, and a zero-sum proof that the database does itself.

A shop's workers keep their connections, so each connection has done a few of both before the clock
starts: what a new one must learn (tables, plans, functions) is not what a ledger costs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING
from unittest import mock

from benchmarks.harness import Bench, Figure, Outcome

if TYPE_CHECKING:
    from datetime import datetime

CONNECTIONS = 8
WARM = 10
_keys = count()
_ACCOUNT, _POSTING = "clm_bench_account", "clm_bench_posting"


def run(bench: Bench) -> Outcome:
    bench.database()
    from clm_plugin.clock import now
    from clm_plugin.wallet import telling
    from clm_plugin.wallet.api import verify

    at = now()
    pairs_each = 20 if bench.quick else 150
    customers = _customers(at)
    _make_bare(customers)
    # The ledger alone: the event that tells of a capture costs what any event costs (F3, F4).
    with mock.patch.object(telling, "_hearers", []):
        pairs = _rounds(bench, customers, pairs_each, at)
    return Outcome(
        pairs=pairs,
        note=f"{CONNECTIONS} connections, a customer each, PostgreSQL, fsync on; a hold and its"
        " capture are two transactions and are counted as two; no event is recorded",
        also=[("the books are right afterwards", verify(now=at).ok)],
    )


def _rounds(
    bench: Bench, customers: list[int], pairs_each: int, at: datetime
) -> list[tuple[float, float]]:
    """Transactions a second of both sides, turn and turn about."""
    pairs, bare_each = [], 2 * pairs_each
    for round_ in range(bench.rounds + 1):
        bare = [partial(_bare, pk) for pk in customers]
        ours = [partial(_pairs, pk, at) for pk in customers]
        took = {}
        for side in (bare, ours) if round_ % 2 else (ours, bare):
            took[side is ours] = _race(side, pairs_each if side is ours else bare_each)
        if round_:  # the first warms the server
            done = CONNECTIONS * bare_each
            pairs.append((done / took[False], done / took[True]))
            bench.say(
                f"round {round_}/{bench.rounds}: bare {pairs[-1][0]:,.0f}/s,"
                f" ledger {pairs[-1][1]:,.0f}/s"
            )
    return pairs


def _customers(at: datetime) -> list[int]:
    from clm_plugin.models import Profile
    from clm_plugin.money import Money
    from clm_plugin.wallet.api import Source, grant

    found = [Profile.objects.create(created_at=at).pk for _ in range(CONNECTIONS)]
    for pk in found:
        grant(
            profile_id=pk, programme="bench", amount=Money(10**9, "GBP"), key=f"bench:{pk}",
            opens_at=at, expires_at=at + timedelta(days=30), source=Source("manual"),
            reason="benchmark", actor="benchmark", now=at,
        )  # fmt: skip
    return found


def _make_bare(customers: list[int]) -> None:
    """Tables like those of accounts and postings, with a row for each customer."""
    from django.db import connection

    from clm_plugin.models import Account, Posting

    with connection.cursor() as cursor:
        for name, model in ((_ACCOUNT, Account), (_POSTING, Posting)):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(
                f"CREATE TABLE {name} (LIKE {model._meta.db_table}"
                " INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)"
            )
        cursor.executemany(
            f"INSERT INTO {_ACCOUNT} (id, purpose, programme, currency, opened_for, balance_minor)"
            " OVERRIDING SYSTEM VALUE VALUES (%s, 'customer', 'bench', 'GBP', %s, 1000000000)",
            [(pk, pk) for pk in customers],
        )


def _race(jobs: Sequence[Callable[[int], None]], each: int) -> float:
    """Seconds until all have done so many, a thread and a connection each."""
    from django.db import connection

    errors: list[BaseException] = []
    ready, go = threading.Barrier(len(jobs) + 1), threading.Event()

    def work(job: Callable[[int], None]) -> None:
        try:
            job(WARM)
            ready.wait()
            go.wait()
            job(each)
        except BaseException as error:
            ready.abort()
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        ready.wait()
    began = time.perf_counter()
    go.set()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return time.perf_counter() - began


def _bare(pk: int, number: int) -> None:
    from django.db import connection, transaction

    for each in range(number):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT balance_minor FROM {_ACCOUNT} WHERE id = %s FOR UPDATE", [pk])
            cursor.execute(
                f"UPDATE {_ACCOUNT} SET balance_minor = balance_minor - 1 WHERE id = %s", [pk]
            )
            for sign in (1, -1):
                cursor.execute(
                    f"INSERT INTO {_POSTING} (transaction_id, account_id, amount_minor)"
                    " VALUES (%s, %s, %s)",
                    [each, pk, sign],
                )


def _pairs(pk: int, at: datetime, number: int) -> None:
    from clm_plugin.money import Money
    from clm_plugin.wallet.api import capture, hold

    amount = Money(1, "GBP")
    for _ in range(number):
        key = f"bench:{pk}:{next(_keys)}"
        hold(profile_id=pk, amount=amount, key=key, now=at, expires_at=at + timedelta(hours=1))
        capture(hold_key=key, now=at, order_id=key)


FIGURE = Figure(
    id="F10",
    title="ledger: hold and capture, 8 connections",
    against="a bare transaction: a locked row update and two inserts",
    unit="transactions/s",
    reach=0.6,
    better="higher",
    run=run,
)
