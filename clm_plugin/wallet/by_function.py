"""Holding and capturing on PostgreSQL: a function of the database each, see ``functions``."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction

from clm_plugin.wallet.booking import Captured
from clm_plugin.wallet.data import LotShare
from clm_plugin.wallet.functions import NOT_ENOUGH
from clm_plugin.wallet.spreading import enough

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.wallet.booking import CaptureDraft, HoldDraft

Shares = tuple[LotShare, ...]


def hold(draft: HoldDraft, most: Mapping[str, int] | None) -> Shares | None:
    """Claim a hold's key and set aside what it asks for; None when there is a hold of this key.
    Raises NotEnough; nothing is changed then."""
    # One statement is whole by itself; in a transaction of the caller its failure must not be his,
    # whether Django keeps that or he does.
    with nullcontext() if connection.get_autocommit() else transaction.atomic():
        found = _set_aside(draft.minor, "clm_wallet_hold", *draft, _json(most))
    return None if found is None else _shares(found)


def set_aside(
    number: int,
    profile_id: int | None,
    currency: str,
    minor: int,
    *,
    now: datetime,
    most: Mapping[str, int] | None,
) -> Shares:
    """Set credit of hers aside for a hold that has nothing, in a transaction of the caller.
    Raises NotEnough."""
    values = (number, profile_id, currency, minor, now, _json(most))
    return _shares(_set_aside(minor, "clm_wallet_set_aside", *values))


def _set_aside(minor: int, function: str, *values: Any) -> Any:
    try:
        return _call(function, *values)
    except DatabaseError as error:
        cause: Any = error.__cause__
        if getattr(cause, "sqlstate", None) != NOT_ENOUGH:
            raise
        enough(minor - int(cause.diag.message_detail), minor)
        raise


def capture(draft: CaptureDraft) -> Captured | None:
    """Post what is paid of a hold, and close it. None when that cannot be as it is asked for;
    nothing is changed then, and the hold, if there is one, is locked."""
    found = _call("clm_wallet_capture", *draft)
    if found is None:
        return None
    number, profile_id, currency, minor, shares = found
    return Captured(number, profile_id, currency, minor, _shares(shares))


def _call(function: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({', '.join(['%s'] * len(values))})", values)
        (answer,) = cursor.fetchone()
    return None if answer is None else json.loads(answer)


def _json(most: Mapping[str, int] | None) -> str | None:
    return None if most is None else json.dumps(dict(most))


def _shares(rows: list[Any]) -> Shares:
    return tuple(LotShare(*row) for row in rows)
