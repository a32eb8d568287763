"""Cells into values. Pure; each raises BadRow that says what was wrong, in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money, MoneyError, exponent

if TYPE_CHECKING:
    from clm_plugin.adapters.files.data import Reading

_ORDERS = {"iso": ("%Y-%m-%d",), "dmy": ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"),
           "mdy": ("%m/%d/%Y", "%m-%d-%Y")}  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S")
_YES = {"1", "true", "yes", "y", "on", "granted", "ja", "ya", "是"}
_NO = {"0", "false", "no", "n", "off", "refused", "withdrawn", "nein", "tidak", "否"}


class BadRow(ClmError, ValueError):
    """A row that cannot be taken; ``field`` is the column, the message says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.field = field
        self.why = why


def moment(text: str, field: str, reading: Reading) -> datetime:
    """A date or a time, in UTC. A date alone is its noon, so that no zone makes it another day."""
    if reading.dates == "iso":
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise BadRow(field, f"“{text[:40]}” is not a date such as 2026-11-22") from None
        return _in_utc(found, len(text) <= 10, reading)
    for day in _ORDERS[reading.dates]:
        for clock in _TIMES:
            try:
                found = datetime.strptime(text, day + clock)  # noqa: DTZ007 (made aware below)
            except ValueError:
                continue
            return _in_utc(found, not clock, reading)
    wanted = "22/11/2026" if reading.dates == "dmy" else "11/22/2026"
    raise BadRow(field, f"“{text[:40]}” is not a date such as {wanted}")


def _in_utc(found: datetime, is_day: bool, reading: Reading) -> datetime:
    if is_day:
        found = found.replace(hour=12)
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(reading.zone))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise BadRow("", "is beyond the calendar") from None


def day(text: str, field: str, reading: Reading) -> date:
    """A calendar day."""
    return moment(text[:10], field, reading).astimezone(ZoneInfo(reading.zone)).date()


def money(text: str, currency: str, field: str, reading: Reading, *, exact: bool = False) -> Money:
    """An amount in major units; thousands marks and blanks go, a wrong decimal mark is refused.

    ``exact``: nothing is rounded. More decimals than the currency has are refused, for they may
    be thousands with the other mark: 1.234.
    """
    thousands = "," if reading.decimal == "." else "."
    plain = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    whole, mark, rest = plain.partition(reading.decimal)
    groups = whole.lstrip("+-").split(thousands)
    if thousands in rest or any(len(group) != 3 for group in groups[1:]):
        raise BadRow(field, f"“{text[:40]}” is not an amount with “{reading.decimal}” as its mark")
    try:
        # Decimal alone would take 1e3 and 1_000, too.
        if not f"{''.join(groups)}{rest}".isdecimal():
            raise InvalidOperation
        amount = Decimal(whole.replace(thousands, "") + ("." + rest if mark else ""))
        found = Money.of(amount, (currency or reading.currency).strip().upper())
    except (InvalidOperation, MoneyError) as error:
        reason = str(error) if isinstance(error, MoneyError) else "is not an amount"
        raise BadRow(field, f"“{text[:40]}”: {reason}") from None
    if exact and len(rest) > exponent(found.currency):
        raise BadRow(
            field, f"“{text[:40]}” has more than {exponent(found.currency)} digits behind its mark"
        )
    return found


def truth(text: str, field: str) -> bool:
    """Yes or no in the usual words."""
    word = text.strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise BadRow(field, f"“{text[:40]}” is neither yes nor no")


def short(text: str, field: str, limit: int) -> str:
    """Text of a bounded length."""
    if len(text) > limit:
        raise BadRow(field, f"is longer than {limit} characters")
    return text
