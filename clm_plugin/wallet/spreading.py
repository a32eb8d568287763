"""Which lots an amount comes from: what expires first, then what is oldest. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from clm_plugin.wallet.errors import NotEnough

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class SpendableLot(Protocol):
    """What a lot must tell."""

    @property
    def id(self) -> Any: ...
    @property
    def remaining_minor(self) -> Any: ...
    @property
    def held_minor(self) -> Any: ...
    @property
    def granted_at(self) -> Any: ...
    @property
    def expires_at(self) -> Any: ...


L = TypeVar("L", bound=SpendableLot)


def in_order(lot: SpendableLot) -> tuple[bool, datetime, datetime, int]:
    """Soonest expiry first, what never expires last; then the oldest."""
    return (
        lot.expires_at is None,
        lot.expires_at or lot.granted_at,
        lot.granted_at,
        lot.id,
    )


def spread(
    minor: int,
    lots: Iterable[L],
    *,
    most: Mapping[str, int] | None = None,
    programme_of: Mapping[int, str] | None = None,
) -> list[tuple[L, int]]:
    """Take ``minor`` from the free parts of ``lots`` in the order given.

    ``most``: how much each programme may give; one that is not named gives nothing (None: no
    limit). ``programme_of`` maps a lot's account to its programme. Raises NotEnough.
    """
    shares: list[tuple[L, int]] = []
    room = dict(most) if most is not None else None
    left = minor
    for lot in lots:
        part = min(left, lot.remaining_minor - lot.held_minor)
        if room is not None and programme_of is not None:
            programme = programme_of[lot.account_id]  # type: ignore[attr-defined]
            part = min(part, room.get(programme, 0))
            room[programme] = room.get(programme, 0) - max(0, part)
        if part > 0:
            shares.append((lot, part))
            left -= part
        if not left:
            return shares
    raise NotEnough(
        f"{minor} minor units were asked for and {minor - left} can be spent",
        available_minor=minor - left,
    )
