"""The lines of store credit on the screen "Health"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.console.ledger_proof import told_proof
from clm_plugin.console.wording import moment, whole
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime


def books(*, now: datetime) -> list[dict[str, Any]]:
    """Whether the books are right, and what waits for a second person: arguments of ``Part``.

    Three queries. A shop whose books were never proven has none so far, and is told nothing wrong.
    """
    proof = told_proof(wallet.last_proof(), now=now)
    at = {"at": moment(proof.at)} if proof.at else {}
    told = {
        "ok": _("proven right, %(at)s"),
        "late": _("last proven right %(at)s, and not since"),
        "none": _("not proven so far"),
        "bad": _("WRONG as of %(at)s"),
    }
    fine = proof.state in ("ok", "none")
    remedy = _("Run manage.py clm_verify, and look at Lifecycle, Store credit.")
    found: list[dict[str, Any]] = [
        {
            "name": _("Store credit"),
            "ok": fine,
            "said": told[proof.state] % at,
            "remedy": "" if fine else remedy,
        }
    ]
    if waits := wallet.waiting(now=now).count():
        said = ngettext(
            "%(n)s request waits for approval", "%(n)s requests wait for approval", waits
        )
        found.append(
            {
                "name": _("Credit by hand"),
                "ok": True,
                "said": said % {"n": whole(waits)},
                "remedy": _("Somebody else than who asked decides: Store credit, By hand."),
            }
        )
    return found
