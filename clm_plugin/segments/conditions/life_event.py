"""Events in a person's life: a birthday, a move, a child."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.segments.data import Condition, Labels, Need, Part, SegmentError, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import LIFE_EVENT as FACET
from clm_plugin.segments.fields import in_order, texts, whole
from clm_plugin.segments.phrases import day, joined, names_of
from clm_plugin.segments.windows import midnight, month_days, occurrences, soonest, today


class Known(NamedTuple):
    """A life event as the table has it."""

    kind: str
    on: date | None
    month_day: int | None
    yearly: bool
    ends_at: datetime | None


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import LifeEvent

    kinds = sorted({key for need in needs for key in need.keys})
    rows = LifeEvent.objects.filter(profile__in=ids, kind__in=kinds)
    found: dict[int, list[Known]] = defaultdict(list)
    values: Iterable[Any] = rows.values_list(
        "profile", "kind", "on", "month_day", "yearly", "ends_at"
    )
    for profile_id, *known in values:
        found[profile_id].append(Known(*known))
    return found


LIFE_EVENTS = Part("life_events", _read, ())


@dataclass(frozen=True, kw_only=True)
class HasLifeEvent(Condition):
    """A life event of one of the kinds that has not ended.

    With a window, its day must lie between today + ``from_days`` and today + ``to_days`` (UTC, both
    in it; -7 and 0: in the last week). A yearly one comes back each year, a leap day on 28
    February in the years that have none.
    """

    kind = "life_event"
    events: tuple[str, ...] = texts(limit=64, needed=True)
    from_days: int | None = whole(low=-366, high=366)
    to_days: int | None = whole(low=-366, high=366)

    def check(self) -> None:
        if (self.from_days is None) != (self.to_days is None):
            raise SegmentError("to_days", "goes with from_days")
        in_order(self.from_days, self.to_days, "to_days")

    def _window(self, now: datetime) -> tuple[date, date] | None:
        if self.from_days is None or self.to_days is None:
            return None
        day = today(now)
        return day + timedelta(days=self.from_days), day + timedelta(days=self.to_days)

    def q(self, now: datetime) -> Q:
        from clm_plugin.profiles.models import LifeEvent

        rows = LifeEvent.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now), kind__in=self.events
        )
        window = self._window(now)
        if window is not None:
            first, last = window
            returning = Q()
            for low, high in month_days(first, last):
                returning |= Q(month_day__gte=low, month_day__lte=high)
            rows = rows.filter(
                Q(yearly=False, on__gte=first, on__lte=last)
                | Q(returning, yearly=True, on__lte=last)
            )
        return among(rows.values("profile"))

    def holds(self, subject: Subject, now: datetime) -> bool:
        return any(True for _known in self._matching(subject, now))

    def _matching(self, subject: Subject, now: datetime) -> Iterator[Known]:
        window = self._window(now)
        ranges = month_days(*window) if window is not None else []
        for known in self._live(subject, now):
            if window is None:
                yield known
            elif known.on is None or known.on > window[1]:
                continue
            elif not known.yearly:
                if known.on >= window[0]:
                    yield known
            elif known.month_day is not None and any(
                low <= known.month_day <= high for low, high in ranges
            ):
                yield known

    def _live(self, subject: Subject, now: datetime) -> Iterator[Known]:
        for known in subject.parts["life_events"]:
            if known.kind in self.events and (known.ends_at is None or known.ends_at > now):
                yield known

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        return soonest(self._turns(subject, now), now)

    def _turns(self, subject: Subject, now: datetime) -> Iterator[datetime | None]:
        year = today(now).year
        for known in self._live(subject, now):
            yield known.ends_at
            if known.on is None or self.from_days is None or self.to_days is None:
                continue
            # A window of a year before or after today reaches into the years beside it.
            years = range(year - 2, year + 4)
            for on in occurrences(known.on, years) if known.yearly else (known.on,):
                yield midnight(on - timedelta(days=self.to_days))
                yield midnight(on - timedelta(days=self.from_days - 1))

    def sentence(self, labels: Labels) -> str:
        what = names_of(self.events, labels.life_events)
        if self.from_days is None or self.to_days is None:
            return _("have the life event %(what)s") % {"what": what}
        return _("have the life event %(what)s between %(first)s and %(last)s") % {
            "what": what,
            "first": _from_today(self.from_days),
            "last": _from_today(self.to_days),
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        found = list(self._live(subject, now))
        if not found:
            return _("none known")
        names, undated = labels.life_events, _("no date")
        words = [
            f"{names.get(one.kind, one.kind)}: {undated if one.on is None else day(one.on)}"
            for one in found
        ]
        return joined(words, _("and"))

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=LIFE_EVENTS, keys=self.events),)


def _from_today(days: int) -> str:
    if days == 0:
        return _("today")
    text = (
        ngettext("%(n)d day ago", "%(n)d days ago", -days)
        if days < 0
        else ngettext("in %(n)d day", "in %(n)d days", days)
    )
    return text % {"n": abs(days)}
