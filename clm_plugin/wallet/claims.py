"""What must be true of the books, each as a query for what contradicts it.

Plain SQL that both databases speak: sums over whole tables, and no row is read into Python.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from clm_plugin.wallet.models import (
    Account,
    Budget,
    Hold,
    HoldShare,
    Lot,
    Posting,
    Transaction,
)

_A, _P, _T = Account._meta.db_table, Posting._meta.db_table, Transaction._meta.db_table
_L, _H, _S, _B = (m._meta.db_table for m in (Lot, Hold, HoldShare, Budget))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``offenders`` selects what contradicts it, ``words`` says a row of that; ``of``: the table
    whose rows it is about."""

    name: str
    of: str
    offenders: str
    words: str


CLAIMS: tuple[Claim, ...] = (
    Claim(
        name=gettext_noop("every transaction sums to zero in its currency"),
        of=_T,
        offenders=f"""
            SELECT p.transaction_id, a.currency, SUM(p.amount_minor)
            FROM {_P} p JOIN {_A} a ON a.id = p.account_id
            GROUP BY p.transaction_id, a.currency HAVING SUM(p.amount_minor) <> 0""",
        words="transaction {0} sums to {2} {1}",
    ),
    Claim(
        name=gettext_noop("every posting is in its transaction's currency"),
        of=_P,
        offenders=f"""
            SELECT p.id, a.currency, t.currency AS other
            FROM {_P} p JOIN {_A} a ON a.id = p.account_id JOIN {_T} t ON t.id = p.transaction_id
            WHERE a.currency <> t.currency""",
        words="posting {0} is in {1}, its transaction in {2}",
    ),
    Claim(
        name=gettext_noop("no customer is below zero, no debt above"),
        of=_A,
        offenders=f"""
            SELECT id, purpose, balance_minor, held_minor FROM {_A}
            WHERE (purpose = 'customer' AND (held_minor < 0 OR balance_minor < held_minor))
               OR (purpose = 'debt' AND balance_minor > 0)""",
        words="account {0} ({1}) has {2}, of which {3} held",
    ),
    Claim(
        name=gettext_noop("every stored balance is the sum of its postings"),
        of=_A,
        offenders=f"""
            SELECT a.id, a.balance_minor, COALESCE(p.total, 0)
            FROM {_A} a LEFT JOIN (
                SELECT account_id, SUM(amount_minor) AS total FROM {_P} GROUP BY account_id
            ) p ON p.account_id = a.id
            WHERE a.purpose IN ('customer', 'debt') AND a.balance_minor <> COALESCE(p.total, 0)""",
        words="account {0} says {1}, its postings say {2}",
    ),
    Claim(
        name=gettext_noop("every lot has left what its postings say"),
        of=_L,
        offenders=f"""
            SELECT l.id, l.remaining_minor, COALESCE(p.total, 0)
            FROM {_L} l LEFT JOIN (
                SELECT lot_id, SUM(amount_minor) AS total FROM {_P}
                WHERE lot_id IS NOT NULL GROUP BY lot_id
            ) p ON p.lot_id = l.id
            WHERE l.remaining_minor <> COALESCE(p.total, 0)
               OR l.held_minor < 0 OR l.remaining_minor < l.held_minor
               OR l.granted_minor < l.remaining_minor""",
        words="lot {0} says {1} is left, its postings say {2}",
    ),
    Claim(
        name=gettext_noop("the lots of an account are its balance"),
        of=_A,
        offenders=f"""
            SELECT a.id, a.balance_minor, COALESCE(l.remaining, 0), a.held_minor,
                   COALESCE(l.held, 0) AS lots_held
            FROM {_A} a LEFT JOIN (
                SELECT account_id, SUM(remaining_minor) AS remaining, SUM(held_minor) AS held
                FROM {_L} GROUP BY account_id
            ) l ON l.account_id = a.id
            WHERE a.purpose = 'customer' AND (a.balance_minor <> COALESCE(l.remaining, 0)
               OR a.held_minor <> COALESCE(l.held, 0))""",
        words="account {0} has {1} ({3} held), its lots have {2} ({4} held)",
    ),
    Claim(
        name=gettext_noop("what is held is what pending holds hold"),
        of=_H,
        offenders=f"""
            SELECT l.id, l.held_minor, COALESCE(s.total, 0)
            FROM {_L} l LEFT JOIN (
                SELECT s.lot_id, SUM(s.amount_minor) AS total FROM {_S} s
                JOIN {_H} h ON h.id = s.hold_id WHERE h.state = 'pending' GROUP BY s.lot_id
            ) s ON s.lot_id = l.id
            WHERE l.held_minor <> COALESCE(s.total, 0)""",
        words="of lot {0} {1} is held, by its holds {2}",
    ),
    Claim(
        name=gettext_noop("every hold that is captured was posted"),
        of=_H,
        offenders=f"""
            SELECT h.id, h.amount_minor, COALESCE(SUM(p.amount_minor), 0)
            FROM {_H} h
            LEFT JOIN {_T} t ON t.key = 'capture:' || h.key
            LEFT JOIN {_P} p ON p.transaction_id = t.id AND p.lot_id IS NOT NULL
            WHERE h.key NOT LIKE 'erased:%'
            GROUP BY h.id, h.amount_minor, h.state
            HAVING (h.state = 'posted') <> (COALESCE(SUM(p.amount_minor), 0) < 0)
                OR -COALESCE(SUM(p.amount_minor), 0) > h.amount_minor""",
        words="hold {0} of {1} was posted as {2}",
    ),
    Claim(
        name=gettext_noop("no order gave back more than it took"),
        of=_T,
        offenders=f"""
            SELECT t.order_id, SUM(p.amount_minor)
            FROM {_T} t JOIN {_P} p ON p.transaction_id = t.id
            WHERE t.order_id NOT IN ('', 'erased') AND t.kind IN ('capture', 'restore')
              AND p.lot_id IS NOT NULL
            GROUP BY t.order_id HAVING SUM(p.amount_minor) > 0""",
        words="order {0} gave back {1} more than it took",
    ),
    Claim(
        name=gettext_noop("what customers hold is what was issued and did not come back"),
        of=_P,
        offenders=f"""
            SELECT k.currency, k.held, k.lots, COALESCE(p.total, 0)
            FROM (
                SELECT a.currency, SUM(a.balance_minor) AS held,
                       (SELECT COALESCE(SUM(l.remaining_minor), 0) FROM {_L} l
                        JOIN {_A} c ON c.id = l.account_id WHERE c.currency = a.currency) AS lots
                FROM {_A} a WHERE a.purpose = 'customer' GROUP BY a.currency
            ) k LEFT JOIN (
                SELECT b.currency, -SUM(q.amount_minor) AS total FROM {_P} q
                JOIN {_A} b ON b.id = q.account_id WHERE b.purpose <> 'customer'
                GROUP BY b.currency
            ) p ON p.currency = k.currency
            WHERE k.held <> COALESCE(p.total, 0) OR k.held <> k.lots""",
        words="{0}: customers hold {1}, in lots {2}, and the shop's books say {3}",
    ),
    Claim(
        name=gettext_noop("every budget counts what was issued"),
        of=_B,
        offenders=f"""
            SELECT b.programme, b.issued_minor, COALESCE(p.total, 0)
            FROM {_B} b LEFT JOIN (
                SELECT a.programme, -SUM(q.amount_minor) AS total FROM {_P} q
                JOIN {_A} a ON a.id = q.account_id
                WHERE a.purpose IN ('issued', 'clawed_back') GROUP BY a.programme
            ) p ON p.programme = b.programme
            WHERE b.issued_minor <> COALESCE(p.total, 0)""",
        words="the budget of {0} counted {1}, the books say {2}",
    ),
)
