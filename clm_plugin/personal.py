"""What each table holds about people: the declaration that export, erasure and data map read.

Every model of ours has a class attribute ``personal_data``; a model without one fails the tests.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Erasure = Literal["delete", "clear", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a row tells about a person.

    ``person`` is the lookup from a row to what names her (``profile``, ``receipt__profile``,
    ``actor``). ``holds`` says in words what is kept, ``why`` what for, ``kept`` for how long.
    ``erase``: ``delete`` the rows, ``clear`` the columns named in ``columns``, or ``keep`` them
    because nothing in them leads to a person once her profile is gone.
    ``columns`` are what an export shows.
    """

    person: str
    holds: str
    why: str
    columns: tuple[str, ...]
    erase: Erasure = "delete"
    kept: str = "until the person is erased"


NOTHING = PersonalData(person="", holds="", why="", columns=(), erase="keep", kept="")
"""For tables about the shop, not about people."""
