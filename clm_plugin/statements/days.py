"""Days and moments by the shop's clock, with their time zone printed (reliability, case 36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from clm_plugin.zones import zone_name

if TYPE_CHECKING:
    from datetime import date

    from clm_plugin.wallet.plan import Programme


def zone_of(programme: Programme | None) -> ZoneInfo:
    """The zone by whose clock a programme's days begin and end."""
    try:
        return ZoneInfo(programme.zone if programme else settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """ "6 December 2026, 09:12 (GMT)"; midnight at the beginning of a day is that day alone."""
    local = at.astimezone(zone)
    day, name = date_format(local.date()), zone_name(local)
    if _is_midnight(local):
        return _("%(day)s (%(zone)s)") % {"day": day, "zone": name}
    words = {"day": day, "time": time_format(local.time()), "zone": name}
    return _("%(day)s, %(time)s (%(zone)s)") % words


def until(end: datetime, zone: ZoneInfo) -> str:
    """ "30 November 2026, end of the day (GMT)": the last day, where it ends at midnight."""
    local = end.astimezone(zone)
    if not _is_midnight(local):
        return moment(end, zone)
    # A day before by the wall clock; the zone's name is that of the evening, not of the morning.
    words = {"day": date_format(last_day(end, zone)), "zone": zone_name(_evening(end, zone))}
    return _("%(day)s, end of the day (%(zone)s)") % words


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The last day on which what ends at a moment is good, wholly or in part."""
    return _evening(end, zone).date()


def short_day(end: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "30 November", the last day, with the year only where it is not this one's."""
    return _short(last_day(end, zone), zone, now)


def short_beginning(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Likewise the first day."""
    return _short(at.astimezone(zone).date(), zone, now)


def _short(day: date, zone: ZoneInfo, now: datetime) -> str:
    style = "MONTH_DAY_FORMAT" if day.year == now.astimezone(zone).year else "DATE_FORMAT"
    return date_format(day, style)


def _evening(end: datetime, zone: ZoneInfo) -> datetime:
    return (end - timedelta(microseconds=1)).astimezone(zone)


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
