"""What must be true of the counters of offers, for the proof of the books (``wallet.prove``)."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from clm_plugin.offers.models import OfferCounter, Redemption
from clm_plugin.wallet.api import Claim

_C, _R = OfferCounter._meta.db_table, Redemption._meta.db_table
_SCOPES = (
    ("'total'", "COUNT(*)", ""),
    ("'budget'", "SUM(discount_minor)", ""),
    ("'day:' || CAST(day AS text)", "COUNT(*)", ""),
    ("'profile:' || CAST(profile_id AS text)", "COUNT(*)", " AND profile_id IS NOT NULL"),
    ("'session:' || guest", "COUNT(*)", " AND guest <> ''"),
)
"""Scope, number and condition of every limit, as ``counting`` counts them."""
_USES = " UNION ALL ".join(
    f"SELECT offer, {scope} AS scope, {number} AS used FROM {_R}"
    f" WHERE state IN ('reserved', 'confirmed'){which} GROUP BY 1, 2"
    for scope, number, which in _SCOPES
)

COUNTERS = Claim(
    name=gettext_noop("every limit of an offer counts the uses that there are"),
    of=_C,
    offenders=f"""
        SELECT c.offer, c.scope, c.used, COALESCE(u.used, 0)
        FROM {_C} c LEFT JOIN ({_USES}) u ON u.offer = c.offer AND u.scope = c.scope
        WHERE c.used <> COALESCE(u.used, 0)""",
    words="{0} {1}: counted {2}, used {3}",
)
CLAIMS: tuple[Claim, ...] = (COUNTERS,)
