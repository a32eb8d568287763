"""What each table holds about people: the declaration that export, erasure, retention and data map
read.

Every model of ours has a class attribute ``personal_data``; a model without one fails the tests.
Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Erasure = Literal["delete", "clear", "anonymise", "keep"]
Link = Literal["profile", "actor", "event", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What a row tells about a person.

    ``person`` is the lookup from a row to what names her (``profile``, ``receipt__profile``,
    ``actor``), and ``by`` what kind of name that is: her profile, one of her actors, one of her
    events, or ``text``: ``person`` is a list of whatever somebody brought (rows of a file), in
    which she is found by address, telephone and order number; ``delete`` deletes the row, ``clear``
    takes the entries that name her out of the list, and no export shows it. ``holds`` says in
    words what is kept, ``why`` what for, ``kept`` for how long.
    ``erase``: ``delete`` the rows, ``clear`` the columns named in ``columns``, ``anonymise`` the
    rows by code of their own (``privacy.anonymising``), or ``keep`` them because nothing in them
    leads to a person once her profile is gone.
    ``columns`` are what an export shows.
    ``aged_by`` is the column of time after which rows are purged ``days`` later by default (None:
    they stay); ``CLM["RETENTION"]`` changes the days by the model's name.
    """

    person: str
    holds: str
    why: str
    columns: tuple[str, ...]
    by: Link = "profile"
    erase: Erasure = "delete"
    kept: str = "until the person is erased"
    aged_by: str = ""
    days: int | None = None


NOTHING = PersonalData(person="", holds="", why="", columns=(), erase="keep", kept="")
"""For tables about the shop, not about people."""
