"""Holding and capturing on PostgreSQL: a function of the database each, see ``functions``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from clm_plugin.wallet.data import LotShare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.wallet.booking import Draft, HoldDraft

Shares = tuple[LotShare, ...]


def hold(draft: HoldDraft, most: Mapping[str, int] | None) -> Shares | None:
    """Claim a hold's key and set aside what there is of what it asks for; None when there is a hold
    of this key."""
    found = _call("clm_wallet_hold", *draft, _json(most))
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
    """Set aside what there is of her credit for a hold that has nothing."""
    return _shares(
        _call("clm_wallet_set_aside", number, profile_id, currency, minor, now, _json(most))
    )


def capture(number: int, minor: int, draft: Draft) -> tuple[int, Shares] | None:
    """Post what is paid of a locked hold, and close it: the transaction's number, and what was paid
    of which lot. None when the key was used before."""
    found = _call(
        "clm_wallet_capture", number, minor, draft.currency, draft.key, draft.fingerprint, draft.at,
        draft.order_id, draft.actor,
    )  # fmt: skip
    return None if found is None else (found[0], _shares(found[1]))


def _call(function: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({', '.join(['%s'] * len(values))})", values)
        (answer,) = cursor.fetchone()
    return None if answer is None else json.loads(answer)


def _json(most: Mapping[str, int] | None) -> str | None:
    return None if most is None else json.dumps(dict(most))


def _shares(rows: list[Any]) -> Shares:
    return tuple(LotShare(*row) for row in rows)
