"""Sane money and sane words, before anything is written."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from clm_plugin.money import MAX_MINOR, Money
from clm_plugin.wallet.errors import BadAmount, WalletError

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Dates of credit are within these. 31 December 9999 means "never" in many a system, and is a day
that no clock east of Greenwich can show."""
_LAST_END = datetime(LAST_YEAR + 1, 1, 1, 12, tzinfo=UTC)
"""What is good on the last day ends as the next one begins, by whichever clock."""
MAX_KEY = 180
"""Characters of an idempotency key: the ledger adds a word of its own to some."""


def sane(amount: object) -> Money:
    """A positive amount of money. Raises BadAmount for anything else."""
    if not isinstance(amount, Money):
        raise BadAmount(f"{amount!r} is not an amount; give Money in minor units")
    sane_minor(amount.minor)
    return amount


def sane_minor(minor: object, *, zero: bool = False) -> int:
    """A positive whole number of minor units (``zero``: or none). Raises BadAmount."""
    if type(minor) is not int:  # bool is an int, and never an amount
        raise BadAmount(f"minor units must be a whole number, not {minor!r}")
    if not (0 if zero else 1) <= minor <= MAX_MINOR:
        raise BadAmount(f"{minor} is not between 1 and {MAX_MINOR} minor units")
    return minor


def sane_key(key: object) -> str:
    """An idempotency key. Raises WalletError."""
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise WalletError(f"an idempotency key is a text of 1 to {MAX_KEY} printable characters")
    return key


def sane_word(word: object, most: int, what: str) -> str:
    """A text that is compared later and so is never cut. Raises WalletError."""
    if not isinstance(word, str) or len(word) > most or (word and not word.isprintable()):
        raise WalletError(f"{what} is a text of at most {most} printable characters")
    return word


def words(text: str, most: int = 200) -> str:
    """Free text as the database takes it."""
    return "".join(c if c.isprintable() else " " for c in text)[:most]


def sane_dates(opens_at: datetime, expires_at: datetime | None, now: datetime) -> None:
    """Raises WalletError for credit that could never be spent, and for dates out of this world."""
    if any(at and (at.year < FIRST_YEAR or at > _LAST_END) for at in (opens_at, expires_at)):
        raise WalletError(
            f"credit opens and expires between {FIRST_YEAR} and {LAST_YEAR}; what never expires has"
            " no date"
        )
    if expires_at is not None and expires_at <= max(opens_at, now):
        raise WalletError(
            f"credit that expires at {expires_at} could never be spent: it opens at {opens_at},"
            f" and it is {now}"
        )


def fingerprint(*parts: object) -> str:
    """What tells a repeated request from another one with the same key."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
