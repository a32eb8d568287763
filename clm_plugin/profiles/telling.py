"""What people say of themselves: typed words, and which of two counts. Pure.

The winner is the largest by a total order, so it does not matter in which order words are heard.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from clm_plugin.profiles.names import normalise_email, normalise_phone

NEWEST, OLDEST, STRONGEST = "newest", "oldest", "strongest"
LARGEST, SMALLEST = "largest", "smallest"
MAX_TEXT = 255
_LIMITS = {"email": 254, "first_name": 150, "language": 16, "country": 2}
_YES, _NO = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A value of a trait as it was told: text, number or moment, when, and how strong it is."""

    text: str | None = None
    number: float | None = None
    moment: datetime | None = None
    told_at: datetime
    strong: bool = False
    source: str = ""

    @property
    def value(self) -> tuple[Any, ...]:
        """Comparable with any other word, also across types."""
        return (
            self.moment is not None,
            self.moment or datetime.min.replace(tzinfo=UTC),
            self.number is not None,
            self.number or 0.0,
            self.text or "",
        )


def counts(new: Word, old: Word, rule: str) -> bool:
    """Whether ``new`` counts and not ``old``, by the trait's rule; False when they are the same."""
    if rule in (LARGEST, SMALLEST) and new.value != old.value:
        return (new.value > old.value) == (rule == LARGEST)
    if rule == STRONGEST and new.strong != old.strong:
        return new.strong
    if new.told_at != old.told_at:
        return (new.told_at > old.told_at) == (rule != OLDEST)
    return (new.strong, new.value, new.source) > (old.strong, old.value, old.source)


def typed(
    raw: object,
    kind: str,
    *,
    choices: Sequence[str] = (),
    told_at: datetime,
    strong: bool,
    source: str,
) -> Word | None:
    """What somebody sent as a word of the declared type; None when it is not one."""
    value: str | float | datetime | None
    value = _choice(raw, choices) if kind == "choice" else _TYPES[kind](raw)
    if value is None:
        return None
    return Word(
        text=value if isinstance(value, str) else None,
        number=value if isinstance(value, float) else None,
        moment=value if isinstance(value, datetime) else None,
        told_at=told_at,
        strong=strong,
        source=source[:16],
    )


def built_in(key: str, raw: object) -> str:
    """A built-in trait as it is stored; "" when it is none."""
    text = _text(raw)
    if text is None:
        return ""
    text = text.strip()
    if key == "email":
        text = normalise_email(text)
        return text if len(text) <= _LIMITS["email"] else ""
    if key == "phone":
        return normalise_phone(text)
    if key == "country":
        return text.upper() if len(text) == 2 and text.isascii() and text.isalpha() else ""
    if key == "time_zone":
        return text if text in _zones() else ""
    return text[: _LIMITS[key]]


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _text(raw: object) -> str | None:
    if isinstance(raw, bool) or raw is None or isinstance(raw, Mapping | list):
        return None
    return str(raw)[:MAX_TEXT] or None


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _boolean(raw: object) -> float | None:
    text = str(raw).strip().lower() if isinstance(raw, bool | int | str) else ""
    return 1.0 if text in _YES else 0.0 if text in _NO else None


def _date(raw: object) -> datetime | None:
    if not isinstance(raw, str):
        return None
    text = raw.strip()
    try:
        if len(text) <= 10:
            moment = datetime.combine(date.fromisoformat(text), time(), UTC)
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1800 < moment.year < 2300:  # no database and no calendar stumbles over these
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _choice(raw: object, choices: Sequence[str]) -> str | None:
    text = (_text(raw) or "").strip()
    return next((each for each in choices if each.casefold() == text.casefold()), None)


_TYPES: Mapping[str, Callable[[object], str | float | datetime | None]] = {
    "text": _text, "number": _number, "boolean": _boolean, "date": _date,
}  # fmt: skip
