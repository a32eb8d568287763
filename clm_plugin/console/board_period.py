"""Which days the board shows, from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from clm_plugin.console.wording import date_only
from clm_plugin.insights.api import Period, between, last_days

if TYPE_CHECKING:
    from collections.abc import Mapping

PRESETS = (7, 30, 90, 365)
USUAL = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A period, and how it was chosen: ``days`` is 0 for two dates of the reader's own."""

    period: Period
    days: int

    @property
    def query(self) -> str:
        """The part of an address that chooses it again."""
        if self.days:
            return urlencode({"days": self.days})
        return urlencode({"since": self.period.since, "until": self.period.until})

    @property
    def window(self) -> dict[str, str]:
        """The same days as parameters of the list of customers."""
        return {
            "when_from": self.period.since.isoformat(),
            "when_to": self.period.until.isoformat(),
        }

    @property
    def label(self) -> str:
        if self.days:
            return _("the last %(days)s days") % {"days": self.days}
        return _("%(since)s to %(until)s") % {
            "since": date_only(self.period.since),
            "until": date_only(self.period.until),
        }

    @property
    def dates(self) -> str:
        return _("%(since)s to %(until)s") % {
            "since": date_only(self.period.since),
            "until": date_only(self.period.until),
        }


def choose(params: Mapping[str, str], today: date) -> Chosen:
    """The period that an address asks for; the usual one where it asks for nonsense."""
    since, until = _day(params.get("since", "")), _day(params.get("until", ""))
    if since or until:
        period = between(since or until or today, until or today, today)
        return Chosen(period=period, days=0)
    text = params.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else USUAL
    return Chosen(
        period=last_days(days if days in PRESETS else USUAL, today),
        days=days if days in PRESETS else USUAL,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
