"""What somebody is promised and does not have yet, in words, for the page "Store credit".

Offers that were made to her and are open, passes and memberships that run, and credit that waits
for an order of hers. It stands here because it is of two floors: the wallet knows no offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clm_plugin.conf import settings
from clm_plugin.money import Money
from clm_plugin.offers import api as offers
from clm_plugin.shop.api import price
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from clm_plugin.offers.api import Active

_TAKEN_UP = ("store_credit", "trial")
"""Kinds that are hers once she has taken them up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """``since`` is the day on which it was promised, "" where it is not kept. ``lines`` are
    sentences: until when, on what terms, what she has to do. ``url`` is where she takes it up, ""
    where there is nothing to be done."""

    title: str
    what: str
    since: str
    lines: tuple[str, ...]
    code: str = ""
    url: str = ""


def promises(profile_id: int | None, *, now: datetime) -> tuple[Promise, ...]:
    """What is open for somebody: entitlements, then offers, then credit; at most ten queries."""
    if profile_id is None:
        return ()
    return (
        *_entitlements(profile_id, now),
        *(
            _offer(each, now)
            for each in offers.active_offers(profile_id, now)
            if each.grant is not None and not _is_taken_up(each)
        ),
        *_credit(profile_id, now),
    )


def _zone() -> str:
    """The shop's, as everywhere where nothing says another."""
    return settings.TIME_ZONE or timezone.get_default_timezone_name()


def _day(at: datetime, zone: str) -> str:
    return date_format(at.astimezone(ZoneInfo(zone)).date())


def _entitlements(profile_id: int, now: datetime) -> Iterator[Promise]:
    held = offers.entitlements(profile_id, now)
    for title, end in (
        (_("Free shipping on every order"), held.free_shipping_until),
        (_("Membership"), held.membership_until),
    ):
        if end is not None:
            lines = (_ends(end, _zone()), _("It is yours already and counts by itself."))
            yield Promise(title=title, what="", since="", lines=lines)


def _is_taken_up(active: Active) -> bool:
    """Whether it became credit or an entitlement, which are on the page themselves."""
    taken = active.grant is not None and active.grant.accepted_at is not None
    return taken and active.offer.effect.kind in _TAKEN_UP


def _offer(active: Active, now: datetime) -> Promise:
    plan, grant = active.offer, active.grant
    assert grant is not None
    what = offers.gives(plan)
    # Its own page makes the code, or takes it up.
    is_open = plan.effect.kind in _TAKEN_UP or (plan.given == "code" and not active.code)
    lines = offers.small_print(plan, grant.expires_at)
    if grant.expires_at is None and plan.closes_at is None:
        lines = [_("It has no end."), *lines]
    return Promise(
        title=plan.title,
        what="" if what == plan.title else what,
        since=_day(grant.granted_at, plan.zone),
        lines=(*lines, _how(active)),
        code=offers.shown_code(active.code) if active.code else "",
        url=offers.signed_link(grant) if is_open else "",
    )


def _how(active: Active) -> str:
    kind = active.offer.effect.kind
    if kind in _TAKEN_UP:
        return _("It is yours once you take it up.")
    if kind == "multiplier":
        return _("It counts by itself with every order.")
    if kind == "gift":
        return _("Put it into your basket: there it costs nothing.")
    if active.code:
        return _("Enter the code in your basket.")
    if active.offer.given == "code":
        return _("It comes with a code of your own.")
    return _("It is taken off at the checkout by itself.")


def _credit(profile_id: int, now: datetime) -> Iterator[Promise]:
    waiting = wallet.promised(profile_id)
    plans = wallet.live_programmes().plans if waiting else {}
    for each in waiting:
        plan = plans[each.programme]
        lines = [_("You get it with your next order.")]
        if plan.redeem_until is not None:
            last = plan.redeem_until - timedelta(days=plan.pending_days)
            if last <= now:
                continue  # it could not be spent any more, and would not be given
            order_by = _("Order %(until)s: what is earned later could not be spent any more.")
            lines.append(order_by % {"until": offers.until(last, plan.zone)})
        yield Promise(
            title=_("%(amount)s of %(programme)s")
            % {"amount": price(Money(each.amount_minor, each.currency)), "programme": each.name},
            what="",
            since=_day(each.promised_at, plan.zone),
            lines=tuple(lines),
        )


def _ends(at: datetime, zone: str) -> str:
    return offers.as_sentence(offers.until(at, zone))
