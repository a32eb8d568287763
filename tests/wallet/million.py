"""A ledger of a million transactions, made by the database alone."""

from __future__ import annotations

from django.db import connection

from clm_plugin.models import Account, Lot, Posting, Transaction
from tests.wallet.ledger import NOW, give, person

PEOPLE, EACH = 100_000, 10
START = 10**9
"""Beyond every number that tests before this one were given."""


def fill() -> None:
    """``PEOPLE`` accounts with a grant of 1000 and nine captures of 10 each."""
    give(person(), 1, programme="bulk")
    shop = {its.purpose: its.pk for its in Account.objects.filter(profile=None)}
    tables = {
        "account": Account._meta.db_table,
        "lot": Lot._meta.db_table,
        "transaction": Transaction._meta.db_table,
        "posting": Posting._meta.db_table,
    }
    left = 1000 - 10 * (EACH - 1)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as a restored backup is loaded
        for sql in (
            "INSERT INTO {account} (id, purpose, programme, currency, opened_for, balance_minor)"
            " OVERRIDING SYSTEM VALUE"
            " SELECT {start} + n, 'customer', 'bulk', 'GBP', {start} + n, {left}"
            " FROM generate_series(1, {people}) n",
            "INSERT INTO {lot} (id, account_id, granted_minor, remaining_minor, granted_at,"
            " opens_at, source_kind, source_ref, reason) OVERRIDING SYSTEM VALUE"
            " SELECT {start} + n, {start} + n, 1000, {left}, '{now}', '{now}', '', '', ''"
            " FROM generate_series(1, {people}) n",
            "INSERT INTO {transaction} (id, kind, programme, currency, key, fingerprint, at,"
            " reason, actor, order_id, source_kind, source_ref) OVERRIDING SYSTEM VALUE"
            " SELECT {start} + n, CASE WHEN n % {each} = 0 THEN 'grant' ELSE 'capture' END, 'bulk',"
            " 'GBP', 'bulk:' || n, '', '{now}', '', '',"
            " CASE WHEN n % {each} = 0 THEN '' ELSE 'o' || n END, '', ''"
            " FROM generate_series(0, {people} * {each} - 1) n",
            "INSERT INTO {posting} (transaction_id, account_id, lot_id, amount_minor)"
            " SELECT {start} + n, {start} + 1 + n / {each}, {start} + 1 + n / {each},"
            " CASE WHEN n % {each} = 0 THEN 1000 ELSE -10 END"
            " FROM generate_series(0, {people} * {each} - 1) n",
            "INSERT INTO {posting} (transaction_id, account_id, amount_minor)"
            " SELECT {start} + n, CASE WHEN n % {each} = 0 THEN {issued} ELSE {redeemed} END,"
            " CASE WHEN n % {each} = 0 THEN -1000 ELSE 10 END"
            " FROM generate_series(0, {people} * {each} - 1) n",
        ):
            cursor.execute(
                sql.format(
                    **tables, **shop, left=left, people=PEOPLE, each=EACH, now=NOW, start=START
                )
            )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
