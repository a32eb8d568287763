"""Which lots an amount comes from: what expires first, then what is oldest. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from clm_plugin.wallet.errors import NotEnough

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
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
    programme_of: Callable[[L], str] = lambda _: "",
) -> list[tuple[L, int]]:
    """Take ``minor``, or what there is, from the free parts of ``lots`` in the order given.

    ``most``: how much each programme may give; one that is not named gives nothing (None: no
    limit). See ``enough``.
    """
    shares: list[tuple[L, int]] = []
    room = dict(most or {})
    for lot in lots:
        part = min(minor, lot.remaining_minor - lot.held_minor)
        if most is not None:
            programme = programme_of(lot)
            part = min(part, room.get(programme, 0))
            room[programme] = room.get(programme, 0) - part
        if part > 0:
            shares.append((lot, part))
            minor -= part
    return shares


def enough(found: int, asked: int) -> None:
    """Raises NotEnough when less was found than was asked for."""
    if found < asked:
        raise NotEnough(
            f"{asked} minor units were asked for and {found} can be spent", available_minor=found
        )
