"""Store credit: what somebody can spend, what of it expires soon, whether she ever had any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField, Q, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.arrays import any_of
from clm_plugin.conf import settings
from clm_plugin.instants import instant, select
from clm_plugin.segments.data import Condition, Labels, Need, Part, SegmentError, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import CREDIT as FACET
from clm_plugin.segments.fields import choice, in_order, minor, whole, yes_no
from clm_plugin.segments.phrases import amount, spread

if TYPE_CHECKING:
    from django.db.models import QuerySet

ASKS = ("balance", "expiring", "ever")
LONGEST = 3_650
_EVERYBODY = Value(True, output_field=BooleanField())


class Piece(NamedTuple):
    """A lot: when it can be spent, how much is left, and whether it counts in the shop's money."""

    opens_at: datetime
    expires_at: datetime | None
    minor: int
    is_own: bool


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.wallet.models import Lot

    found: dict[int, list[Piece]] = defaultdict(list)
    rows = Lot.objects.filter(any_of("account__profile", ids), account__purpose="customer")
    for pid, opens, expires, left, currency in rows.values_list(
        "account__profile", select("opens_at"), select("expires_at"), "remaining_minor",
        "account__currency",
    ):  # fmt: skip
        end = None if expires is None else instant(expires)
        found[pid].append(Piece(instant(opens), end, left, currency == settings.CURRENCY))
    return found


PIECES = Part("credit", _read, ())
"""The lots somebody has, or had."""


@dataclass(frozen=True, kw_only=True)
class StoreCredit(Condition):
    """``balance``: what can be spent now is between ``min_minor`` and ``max_minor`` (neither: more
    than nothing). ``expiring``: of that, something expires within ``expires_in_days``, of at least
    ``min_minor``. ``ever``: credit was granted at some time. Amounts are minor units of the shop's
    currency; credit in others counts for ``ever`` only. ``is_so`` false asks for the opposite.
    """

    kind = "store_credit"
    ask: str = choice(ASKS, default="balance")
    min_minor: int | None = minor()
    max_minor: int | None = minor()
    expires_in_days: int | None = whole(low=1, high=LONGEST)
    is_so: bool = yes_no(default=True)

    def check(self) -> None:
        if (self.ask == "expiring") != (self.expires_in_days is not None):
            raise SegmentError("expires_in_days", "goes with expiring, and only with it")
        if self.max_minor is not None and self.ask != "balance":
            raise SegmentError("max_minor", "goes with balance only")
        if self.min_minor is not None and self.ask == "ever":
            raise SegmentError("min_minor", "does not go with ever")
        in_order(self.min_minor, self.max_minor, "max_minor")

    @property
    def _least(self) -> int:
        """The least amount, 1 where none is asked for."""
        if self.min_minor is None:
            return 1 if self.max_minor is None else 0
        return self.min_minor

    def q(self, now: datetime) -> Q:
        found = self._found(now)
        return found if self.is_so else ~found

    def _found(self, now: datetime) -> Q:
        from clm_plugin.wallet.models import Lot

        mine = Lot.objects.filter(account__purpose="customer", account__profile__isnull=False)
        if self.ask == "ever":
            return among(mine.values("account__profile").distinct())
        open_ = mine.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            account__currency=settings.CURRENCY,
            opens_at__lte=now,
            remaining_minor__gt=0,
        )
        if self.ask == "expiring":
            open_ = open_.filter(expires_at__lte=self._until(now))
        # Not an empty Q for everybody: its opposite would be everybody too.
        found = among(_with_at_least(open_, self._least)) if self._least > 0 else Q(_EVERYBODY)
        if self.max_minor is not None:
            found &= ~among(_with_at_least(open_, self.max_minor + 1))
        return found

    def _until(self, now: datetime) -> datetime:
        return now + timedelta(days=self.expires_in_days or 0)

    def holds(self, subject: Subject, now: datetime) -> bool:
        pieces: Sequence[Piece] = subject.parts["credit"]
        if self.ask == "ever":
            return bool(pieces) == self.is_so
        sum_ = self._sum(pieces, now)
        fits = sum_ >= self._least and (self.max_minor is None or sum_ <= self.max_minor)
        return fits == self.is_so

    def _sum(self, pieces: Sequence[Piece], now: datetime) -> int:
        return sum(
            piece.minor
            for piece in pieces
            if piece.is_own
            and piece.opens_at <= now
            and (piece.expires_at is None or now < piece.expires_at)
            and (self.ask != "expiring" or _within(piece, self._until(now)))
        )

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        if self.ask == "ever":
            return None
        days = timedelta(days=self.expires_in_days or 0)
        times = []
        for piece in subject.parts["credit"]:
            times.append(piece.opens_at)
            if piece.expires_at is not None:
                times += [piece.expires_at, piece.expires_at - days]
        return min((at for at in times if at > now), default=None)

    def sentence(self, labels: Labels) -> str:
        if self.ask == "ever":
            return _("were given store credit") if self.is_so else _("never had store credit")
        ends = (None if x is None else amount(x) for x in (self.min_minor, self.max_minor))
        given = self.min_minor is not None or self.max_minor is not None
        what = spread(*ends) if given else _("some")
        if self.ask == "balance":
            text = _("have store credit to spend: %(what)s")
            if not self.is_so:
                text = _("do not have store credit to spend: %(what)s")
            return text % {"what": what}
        days = self.expires_in_days or 0
        text = ngettext(
            "have store credit that expires within %(days)d day: %(what)s",
            "have store credit that expires within %(days)d days: %(what)s",
            days,
        )
        if not self.is_so:
            text = ngettext(
                "have no store credit that expires within %(days)d day: %(what)s",
                "have no store credit that expires within %(days)d days: %(what)s",
                days,
            )
        return text % {"days": days, "what": what}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        pieces: Sequence[Piece] = subject.parts["credit"]
        if not pieces:
            return _("never had store credit")
        text = (
            _("%(amount)s expire in time") if self.ask == "expiring" else _("%(amount)s to spend")
        )
        return text % {"amount": amount(self._sum(pieces, now))}

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=PIECES),)


def _within(piece: Piece, until: datetime) -> bool:
    return piece.expires_at is not None and piece.expires_at <= until


def _with_at_least(lots: QuerySet[Any], least: int) -> QuerySet[Any, Any]:
    """The people whose lots add up to that much."""
    sums = lots.order_by().values("account__profile").annotate(total=Sum("remaining_minor"))
    people: QuerySet[Any, Any] = sums.filter(total__gte=least).values("account__profile")
    return people
