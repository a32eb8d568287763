"""Yes or no: the guardrails, in the order in which they speak. Pure: no database, no clock.

The first rule that objects decides; its name and the inputs it looked at go on the receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from clm_plugin.campaigns.data import Channel, Contact, Person, Plan, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SESSION = timedelta(minutes=30)
OVERLAYS_EVER = 3
SNOOZE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The shop's caps on contact, from its settings."""

    mails_per_day: int
    mails_per_week: int
    mail_spacing: timedelta
    quiet_from: int
    quiet_until: int
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that one decision may look at."""

    plan: Plan
    person: Person
    channel: Channel
    contacts: Sequence[Contact]
    now: datetime
    limits: Limits
    held_out: bool
    in_control: bool


Objection = dict[str, Any] | None
"""What a rule looked at when it objects; None when it does not."""


def judge(case: Case) -> Verdict:
    """The verdict on one campaign for one person on one channel."""
    for name, rule in RULES[case.channel]:
        inputs = rule(case)
        if inputs is not None:
            return Verdict(yes=False, rule=name, inputs=inputs)
    return Verdict(yes=True, rule="all_rules_passed", inputs=_picture(case))


def _picture(case: Case) -> dict[str, Any]:
    person = case.person
    return {
        "stage": person.stage,
        "product_views": person.product_views,
        "orders": person.orders,
        "basket_items": person.basket_items,
    }


def _holdout(case: Case) -> Objection:
    return {} if case.held_out else None


def _control(case: Case) -> Objection:
    return {"share": case.plan.guardrails.holdout} if case.in_control else None


def _stage(case: Case) -> Objection:
    stages = case.plan.audience.stages
    if not stages or case.person.stage in stages:
        return None
    return {"stage": case.person.stage, "wanted": list(stages)}


def _orders(case: Case) -> Objection:
    audience, orders = case.plan.audience, case.person.orders
    if orders >= audience.min_orders and (
        audience.max_orders is None or orders <= audience.max_orders
    ):
        return None
    return {"orders": orders, "at_least": audience.min_orders, "at_most": audience.max_orders}


def _segments(case: Case) -> Objection:
    audience, mine = case.plan.audience, case.person.segments
    if audience.segments and not mine.intersection(audience.segments):
        return {"segments": sorted(mine), "wanted": list(audience.segments)}
    kept_out = mine.intersection(audience.not_segments)
    return {"segments": sorted(mine), "not_for": sorted(kept_out)} if kept_out else None


def _views(case: Case) -> Objection:
    least = case.plan.trigger.min_product_views
    if case.person.product_views >= least:
        return None
    return {"product_views": case.person.product_views, "at_least": least}


def _empty_basket(case: Case) -> Objection:
    if case.plan.trigger.empty_basket and case.person.basket_items:
        return {"basket_items": case.person.basket_items}
    return None


def _bought(case: Case) -> Objection:
    within, last = case.plan.guardrails.bought_within, case.person.last_order_at
    if not within or last is None or case.now - last >= within:
        return None
    return {"last_order_at": last.isoformat(), "within_days": within.days}


def _address(case: Case) -> Objection:
    return None if case.person.email else {"email": ""}


def _consent(case: Case) -> Objection:
    return None if case.person.mail_consent else {"mail_consent": False}


def _repeat(case: Case) -> Objection:
    guard = case.plan.guardrails.repeat_after
    for contact in case.contacts:
        if contact.campaign == case.plan.campaign and case.now - contact.at < guard:
            return {"last_at": contact.at.isoformat(), "once_in_days": guard.days}
    return None


def _mail_cap(case: Case) -> Objection:
    limits = case.limits
    times = [c.at for c in case.contacts if c.channel == "mail"]
    day = sum(case.now - at < timedelta(days=1) for at in times)
    week = sum(case.now - at < timedelta(days=7) for at in times)
    spaced = all(case.now - at >= limits.mail_spacing for at in times)
    if day < limits.mails_per_day and week < limits.mails_per_week and spaced:
        return None
    return {
        "mails_last_day": day,
        "per_day": limits.mails_per_day,
        "mails_last_week": week,
        "per_week": limits.mails_per_week,
        "spacing_hours": limits.mail_spacing.total_seconds() / 3600,
    }


def _overlay_session(case: Case) -> Objection:
    recent = [c for c in case.contacts if c.channel == "overlay" and case.now - c.at < SESSION]
    return {"overlays_this_session": len(recent), "cap": 1} if recent else None


def _overlay_ever(case: Case) -> Objection:
    seen = sum(c.channel == "overlay" and c.campaign == case.plan.campaign for c in case.contacts)
    return {"shown": seen, "cap": OVERLAYS_EVER} if seen >= OVERLAYS_EVER else None


def _snoozed(case: Case) -> Objection:
    for contact in case.contacts:
        if contact.dismissed_at is not None and case.now - contact.dismissed_at < SNOOZE:
            return {"dismissed_at": contact.dismissed_at.isoformat(), "days": SNOOZE.days}
    return None


def _quiet(case: Case) -> Objection:
    until = quiet_until(case.now, case.person.time_zone or case.limits.zone, case.limits)
    return None if until is None else {"until": until.isoformat()}


def quiet_until(now: datetime, zone: str, limits: Limits) -> datetime | None:
    """The end of the quiet hours that ``now`` is in, by ``zone``'s clock; None outside them."""
    start, end = limits.quiet_from, limits.quiet_until
    if start == end:
        return None
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError):  # an unknown zone: the shop's own clock is the best guess
        local = now.astimezone(ZoneInfo(limits.zone))
    inside = start <= local.hour or local.hour < end if start > end else start <= local.hour < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if start > end and local.hour >= start else 0)
    return datetime(day.year, day.month, day.day, end, tzinfo=local.tzinfo).astimezone(now.tzinfo)


_Rules = tuple[tuple[str, "Callable[[Case], Objection]"], ...]

_EVERY: _Rules = (("stage", _stage), ("orders", _orders), ("segments", _segments))
_HOLD: _Rules = (("holdout", _holdout), ("control_group", _control))

RULES: dict[Channel, _Rules] = {
    "inline": (*_EVERY, *_HOLD),
    "overlay": (
        *_EVERY,
        ("product_views", _views),
        ("basket_not_empty", _empty_basket),
        ("bought_recently", _bought),
        *_HOLD,
        ("dismissed_recently", _snoozed),
        ("overlay_this_session", _overlay_session),
        ("overlay_cap", _overlay_ever),
        ("met_recently", _repeat),
    ),
    "mail": (
        *_EVERY,
        ("bought_recently", _bought),
        ("no_address", _address),
        ("no_consent", _consent),
        *_HOLD,
        ("met_recently", _repeat),
        ("mail_cap", _mail_cap),
        ("quiet_hours", _quiet),
    ),
}
"""Eligibility first and the holdouts after it, so that held out counts only who would have been
eligible; caps come last."""
