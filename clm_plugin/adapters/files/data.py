"""What an import consists of, as plain data; no Django."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from clm_plugin.events.api import NewEvent

Kind = Literal["customers", "orders", "consents", "spend", "credit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column that a kind of import knows. ``names``: what files call it, in lower case."""

    key: str
    label: str
    required: bool = False
    help: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How cells are to be read; chosen by who imports, never guessed.

    ``dates``: ``iso``, ``dmy`` or ``mdy``. ``decimal``: the mark in ``1,234.50``. ``zone``: of
    times without one. ``currency``: where a row names none. ``ids_are``: ``customer`` when the ids
    are this shop's own, else the name of the system they come from.
    """

    dates: Literal["iso", "dmy", "mdy"] = "iso"
    decimal: Literal[".", ","] = "."
    zone: str = "UTC"
    currency: str = ""
    ids_are: str = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a channel cost on a day, in minor units."""

    day: date
    channel: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """A grant of store credit as a row tells it. ``id`` or ``email`` names who gets it; ``until``
    is the last day, None: as the programme says; ``reference`` makes it happen once."""

    id: str
    email: str
    programme: str
    amount: str
    reason: str
    reference: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one row comes to: events, money spent, or store credit."""

    events: tuple[NewEvent, ...] = ()
    spend: Spend | None = None
    credit: CreditLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A kind of file: its columns, and what a row of it says. ``tell`` raises BadRow."""

    kind: Kind
    label: str
    help: str
    fields: tuple[Field, ...]
    tell: Callable[[Mapping[str, str], Reading], Told]
    one_of: tuple[str, ...] = ()
    """At least one of these columns is needed."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the rows. ``new``, ``known`` and ``bad`` add up to ``rows``."""

    rows: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0
    first_errors: list[tuple[int, str]] = field(default_factory=list)
