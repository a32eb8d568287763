"""Grants and uses when two profiles become one, and when that is undone; and on erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.moving import Moved, move_rows, return_rows
from clm_plugin.offers.beside import erased
from clm_plugin.offers.counting import recount
from clm_plugin.offers.models import OfferCode, OfferCounter, OfferGrant, Redemption
from clm_plugin.offers.settling import free_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


_RESERVED = Redemption.State.RESERVED


def move(old: int, new: int) -> Moved:
    """After a merge: what was given to one is the survivor's, codes with their grants.

    Her limits then count what both used; a limit that the two are over by that stays so, and
    nothing that was reserved is taken away.
    """
    moved = move_rows(old, new, OfferGrant, Redemption)
    if OfferCounter.objects.filter(profile__in=[old, new]).exists() or moved:
        recount(new)
        recount(old)
    return moved


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: what was hers is hers again."""
    return_rows(moved, OfferGrant, Redemption, owner=owner, to=to)
    recount(owner)
    recount(to)


def anonymise_redemptions(profile_ids: Sequence[int], now: datetime) -> int:
    """Make her uses nobody's: no profile, no code, another order number. Numbers and money stay.

    What an order of hers has reserved is free: nobody could confirm it under its new number.
    """
    _free_reserved(profile_ids, now)
    rows = list(Redemption.objects.filter(profile__in=list(profile_ids)))
    for row in rows:
        row.profile_id = row.code_id = row.grant_id = None
        row.order_id = erased()
    Redemption.objects.bulk_update(rows, ["profile", "code", "grant", "order_id"], batch_size=500)
    return len(rows)


def _free_reserved(profile_ids: Sequence[int], now: datetime) -> None:
    """Locked as checkouts do: the codes, then the uses."""
    open_ = Redemption.objects.filter(profile__in=list(profile_ids), state=_RESERVED)
    codes = set(open_.exclude(code=None).values_list("code_id", flat=True))
    list(OfferCode.objects.select_for_update().filter(pk__in=codes).order_by("pk").values("pk"))
    rows = open_.select_for_update(of=("self",)).order_by("pk")
    free_rows(list(rows), now, "erased")
