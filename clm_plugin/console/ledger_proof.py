"""The last proof of the books in words: proven, not proven lately, or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from clm_plugin import clock
from clm_plugin.wallet.api import Proof

LATE = timedelta(hours=36)
"""The books are proven every night; one may be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``state``: ``ok``, ``late``, ``none`` (never proven) or ``bad``."""

    state: str
    at: datetime | None = None
    seconds: float = 0
    checks: int = 0
    looked_at: int = 0
    failed: tuple[tuple[str, int, tuple[str, ...]], ...] = ()
    """What is wrong, how many rows, and the first of them."""
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        return self.state == "ok"


def told_proof(proof: Proof | None, *, now: datetime | None = None) -> Told:
    """The last proof as of ``now`` (the plugin's clock)."""
    if proof is None:
        return Told(state="none")
    failed = tuple(
        (_(check.name), check.wrong, check.offenders) for check in proof.checks if not check.ok
    )
    late = (now or clock.now()) - proof.at > LATE
    return Told(
        state="bad" if failed else "late" if late else "ok",
        at=proof.at,
        seconds=proof.seconds,
        checks=len(proof.checks),
        looked_at=sum(check.looked_at for check in proof.checks),
        failed=failed,
        skipped=tuple((_(check.name), check.skipped) for check in proof.checks if check.skipped),
    )
