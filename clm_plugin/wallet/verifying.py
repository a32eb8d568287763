"""The proof that the books are right: one statement for each claim, so each sees one moment.

``proof`` proves; ``prove`` also keeps the proof, and raises the alarm when it failed.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from time import perf_counter
from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.signals import ledger_failed
from clm_plugin.wallet.claims import CLAIMS, Claim
from clm_plugin.wallet.comparing import compare_orders
from clm_plugin.wallet.data import Check, Proof
from clm_plugin.wallet.models import LedgerProof

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

logger = logging.getLogger("clm_plugin")
_KEPT = 400
_SHOWN = 5


def verify(
    *, now: datetime, orders_since: datetime | None = None, more: Sequence[Claim] = ()
) -> Proof:
    """Prove the books; reads only. ``orders_since``: compare orders paid from then on with the
    shop's own books (None: all). ``more``: claims of floors above, proven likewise."""
    began = perf_counter()
    checks = [_prove(claim) for claim in CLAIMS]
    checks.append(compare_orders(since=orders_since))
    checks += [_prove(claim) for claim in more]
    return Proof(at=now, checks=tuple(checks), seconds=round(perf_counter() - began, 3))


def prove(
    *, now: datetime, orders_since: datetime | None = None, more: Sequence[Claim] = ()
) -> Proof:
    """``verify``, keep the proof, and when it failed: log an error, send ``ledger_failed``."""
    proof = verify(now=now, orders_since=orders_since, more=more)
    LedgerProof.objects.create(
        at=now, ok=proof.ok, seconds=proof.seconds, checks=[asdict(each) for each in proof.checks]
    )
    old = LedgerProof.objects.order_by("-at", "-id").values_list("pk", flat=True)[_KEPT:]
    LedgerProof.objects.filter(pk__in=list(old)).delete()
    if not proof.ok:
        for check in proof.checks:
            if not check.ok:
                logger.error(
                    "clm: the ledger is wrong: %s: %d (%s)",
                    check.name, check.wrong, "; ".join(check.offenders),
                )  # fmt: skip
        ledger_failed.send(sender=None, proof=proof)
    return proof


def last_proof() -> Proof | None:
    """The last proof that was kept; None: there was none yet. For health pages and the console."""
    row = LedgerProof.objects.order_by("-at", "-id").first()
    if row is None:
        return None
    checks = tuple(
        Check(**{**check, "offenders": tuple(check["offenders"])}) for check in row.checks
    )
    return Proof(at=row.at, checks=checks, seconds=row.seconds)


def _prove(claim: Claim) -> Check:
    sql = (
        f"WITH bad AS ({claim.offenders})"
        f" SELECT (SELECT COUNT(*) FROM {claim.of}), (SELECT COUNT(*) FROM bad), bad.*"
        f" FROM (SELECT 1 AS one) x LEFT JOIN bad ON 1 = 1 LIMIT {_SHOWN}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    looked_at, wrong = rows[0][:2]
    offenders = tuple(claim.words.format(*row[2:]) for row in rows) if wrong else ()
    return Check(name=claim.name, looked_at=looked_at, wrong=wrong, offenders=offenders)
