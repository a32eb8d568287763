"""The line of guessed codes on the screen "Health"."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from clm_plugin.console.wording import moment, whole
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from datetime import datetime

RECENT = timedelta(hours=24)


def guessing(*, now: datetime) -> list[dict[str, Any]]:
    """Whether codes were guessed in bulk: arguments of ``Part``; nothing where nobody ever did.

    One query. Amber for a day after it was last seen.
    """
    alarm = offers.last_alarm()
    if alarm is None:
        return []
    fine = now - alarm.last_at > RECENT
    said = (
        _("last guessed in bulk %(at)s")
        if fine
        else _("being guessed in bulk: %(n)s wrong tries, last seen %(at)s")
    )
    remedy = _(
        "Guessing is slowed down by itself. Look for the address in your web server's log and"
        " block it there; should codes have leaked, revoke them under Offers."
    )
    return [
        {
            "name": _("Codes of offers"),
            "ok": fine,
            "said": said % {"n": whole(alarm.wrong), "at": moment(alarm.last_at)},
            "remedy": "" if fine else remedy,
        }
    ]
