"""What the shop owes its customers in credit: now, until now, and what is expected of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import EXPORT_LISTS, SEE_BOOKS, may
from clm_plugin.console.ledger_proof import told_proof
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_words import programme_names
from clm_plugin.console.liability_drawing import Part, columns, line
from clm_plugin.console.liability_history import By, Span, history, spans
from clm_plugin.console.wording import date_only, money
from clm_plugin.insights.api import CreditDay, credit_days, credit_lives, local_day
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from clm_plugin.wallet.api import Forecast, Lives, Out

WEEKS = 13
_YEAR = 52


class LiabilityView(Exports, Screen, TemplateView):
    """One currency at a time. The export holds the days as they were counted last night."""

    permission = SEE_BOOKS
    page_title = gettext_lazy("Liability")
    template_name = "clm_plugin/console/liability.html"
    exports = "credit_days"
    tab = "liability"

    def export_rows(self) -> QuerySet[CreditDay]:
        return CreditDay.objects.all()

    def export_url(self) -> str:
        """Numbers of the shop, and nobody's: who may take lists and see these may take them."""
        return f"{self.request.path}?export=1" if self._may_take() else ""

    def _may_take(self) -> bool:
        return may(self.request, EXPORT_LISTS) and may(self.request, SEE_BOOKS)

    def _refuse(self) -> None:
        if not self._may_take():
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = clock.now()
        owed = wallet.owed_now()
        known = sorted(
            {each.currency for each in owed}
            | {its.currency for its in wallet.live_programmes().plans.values()}
        )
        asked = self.request.GET.get("currency", "")
        usual = settings.CURRENCY if settings.CURRENCY in known else next(iter(known), "")
        currency = asked if asked in known else usual
        by: By = "month" if self.request.GET.get("by") == "month" else "week"
        here = [each for each in owed if each.currency == currency]
        total = sum(each.owed for each in here)
        context: dict[str, Any] = {
            "currency": currency,
            "currencies": known,
            "by": by,
            "owed": total,
            "held": sum(each.held for each in here),
            "people": sum(each.people for each in here),
            "proof": told_proof(wallet.last_proof(), now=now),
            "any": bool(currency) and wallet.last_settled(before=now) > 0,
        }
        if context["any"]:
            context |= self._told(currency, by, total)
        return super().get_context_data(**context, **kwargs)

    def _told(self, currency: str, by: By, total: int) -> dict[str, Any]:
        now = clock.now()
        today = local_day(now)
        days = credit_days(spans(today, by)[0][0], today)
        past = history(
            [each for each in days if each.currency == currency], today, by, total
        )  # fmt: skip
        lives, as_of = credit_lives(now=now)
        out = [each for each in wallet.what_is_out(now=now) if each.currency == currency]
        coming = wallet.forecast(currency, out, lives, WEEKS)
        return {
            "past": past,
            "newest_first": [(span, date_only(span.first)) for span in reversed(past)],
            "flow": _flow(past, currency),
            "level": line([span.owed for span in past]),
            "later": sum(each.minor for each in out if each.age < 0),
            "coming": coming,
            "weeks": _weeks(coming, today),
            "expected": _expected(coming, today, currency),
            "left_line": line([week.left for week in coming.weeks]) if coming.is_told else None,
            "as_of": as_of,
            "shares": _shares(out, lives),
            "enough": wallet.ENOUGH,
        }


def _flow(past: Sequence[Span], currency: str) -> Any:
    """Issued above the ground, what became of it below."""

    def words(span: Span, name: str, minor: int) -> str:
        days = f"{date_only(span.first)} – {date_only(span.last)}"
        return f"{days}: {name} {money(minor, currency)}"

    return columns(
        [[Part(tone="issued", amount=s.issued, words=words(s, _("issued"), s.issued))]
         for s in past],
        [[Part(tone="redeemed", amount=s.redeemed, words=words(s, _("redeemed"), s.redeemed)),
          Part(tone="expired", amount=s.expired, words=words(s, _("expired"), s.expired)),
          Part(tone="clawed", amount=s.clawed_back,
               words=words(s, _("clawed back"), s.clawed_back))] for s in past],
    )  # fmt: skip


def _weeks(coming: Forecast, today: date) -> list[dict[str, Any]]:
    return [
        {
            "week": week,
            "first": today + timedelta(days=7 * at),
            "last": today + timedelta(days=7 * at + 6),
            "begins": date_only(today + timedelta(days=7 * at)),
        }
        for at, week in enumerate(coming.weeks)
    ]


def _expected(coming: Forecast, today: date, currency: str) -> Any:
    """What opens above the ground; below it what is expected, or what expires where that is all
    that can be told."""

    def words(at: int, name: str, minor: int) -> str:
        days = date_only(today + timedelta(days=7 * at))
        return _("week from %(day)s: %(what)s") % {
            "day": days, "what": f"{name} {money(minor, currency)}"
        }  # fmt: skip

    ups, downs = [], []
    for at, week in enumerate(coming.weeks):
        ups.append([Part(tone="opens", amount=week.opens, words=words(at, _("opens"), week.opens))])
        downs.append(
            [Part(tone="redeemed", amount=week.redeemed,
                  words=words(at, _("expected redemption"), week.redeemed)),
             Part(tone="expired", amount=week.broken,
                  words=words(at, _("expected breakage"), week.broken))]
            if coming.is_told
            else [Part(tone="expired", amount=week.expires,
                       words=words(at, _("expires if nobody spends it"), week.expires))]
        )  # fmt: skip
    return columns(ups, downs)


def _shares(out: Sequence[Out], lives: Mapping[str, Lives]) -> list[dict[str, Any]]:
    """How each programme did so far: of what opened, the share redeemed within a year."""
    names = programme_names()
    told = []
    for key in sorted({each.programme for each in out}):
        its = lives.get(key)
        ended = its.ended if its else 0
        rates = wallet.hazards(its) if its else ()
        told.append(
            {
                "name": names.get(key, key),
                "ended": ended,
                "more": max(0, wallet.ENOUGH - ended),
                "share": wallet.share_redeemed(rates, _YEAR),
            }
        )
    return told
