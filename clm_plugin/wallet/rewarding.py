"""Fixed amounts for what somebody does or is: an account, a review, a birthday, a survey, a friend.

A reward that waits for an order is a promise until then: five accounts opened for five welcomes
hold five promises, and credit only after an order each that nobody can return any more
(reliability, case 38). So is one of a browser that nobody has signed in with: whoever clears her
cookies ten times holds ten promises of one thing, and they are kept once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from clm_plugin.permissions import gettext_noop as _
from clm_plugin.profiles.api import is_device, live_life_events, normalise_email
from clm_plugin.wallet.awarding import after, award, known_keys
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.earned_so_far import so_far
from clm_plugin.wallet.earning import for_event
from clm_plugin.wallet.once import MOST, given_or_promised, people_of, waiting, what_it_is
from clm_plugin.wallet.programme_models import Promise
from clm_plugin.wallet.programmes import live_programmes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from clm_plugin.events.api import Event
    from clm_plugin.wallet.earning import SoFar
    from clm_plugin.wallet.plan import EarnRule, Programme

_ACCOUNT, _LIFE = "customer.registered", "life_event.declared"
_ABOUT = {_LIFE: "kind", "survey.answered": "survey"}
_REASONS = {
    _ACCOUNT: _("For opening an account"),
    "review.added": _("For a review"),
    _LIFE: _("For a special day"),
    "survey.answered": _("For an answer"),
    "referral.converted": _("For bringing a friend"),
}
REWARDED = frozenset(_REASONS)
_LATE = 3
"""Days that a nightly run looks back for a birthday, should some nights have been missed."""


def reward(
    plans: Sequence[Programme],
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Grant, or promise, what a batch of events is worth."""
    wanted = [
        (plan, rule, event, reward_key(plan, rule, event, profile_of[event.actor]))
        for event in events
        for plan, rule in rules_for(plans, event)
    ]
    if not wanted:
        return
    people = {profile_of[event.actor] for _, _, event, _ in wanted}
    whose = people_of(people)
    keys = {
        key: [reward_key(plan, rule, event, pid) for pid in whose.was[profile_of[event.actor]]]
        for plan, rule, event, key in wanted
    }
    known = given_or_promised(one for all_ in keys.values() for one in all_)
    sums = so_far(list({plan.key: plan for plan, *_ in wanted}.values()), people, now=now)
    promises = []
    for plan, rule, event, key in wanted:
        if any(one[:MOST] in known for one in keys[key]):
            continue
        known.add(key[:MOST])
        pid = profile_of[event.actor]
        if rule.waits_for_order or (is_device(event.actor) and pid not in whose.accounts):
            if for_event(plan, rule, at=event.occurred_at).amount_minor:
                promises.append(_promise(plan, rule, pid, key, event.occurred_at))
            continue
        _give(plan, rule, pid, key, event.occurred_at, str(event.id), sums, now)
    Promise.objects.bulk_create(promises, ignore_conflicts=True)


def rules_for(plans: Sequence[Programme], event: Event) -> Iterator[tuple[Programme, EarnRule]]:
    """The rules that an event meets. A day that comes every year is met on the day itself."""
    about = str(event.payload.get(_ABOUT.get(event.type, ""), ""))
    if event.type == _LIFE and event.payload.get("date"):
        return
    for plan in plans:
        for rule in plan.event_rules:
            if rule.event == event.type and rule.about in ("", about):
                yield plan, rule


def reward_key(plan: Programme, rule: EarnRule, event: Event, profile_id: int) -> str:
    """The key that a reward has: by person, by person and year, or by what it is about.

    A welcome goes by the address without what follows a plus, so that one mailbox is welcomed
    once (reliability, case 8).
    """
    name = f"event:{plan.key}:{rule.id[:36]}"
    if rule.once == "each":
        return f"{name}:{profile_id}:{_thing(event)}"
    if rule.once == "year":
        year = event.occurred_at.astimezone(ZoneInfo(plan.zone)).year
        return f"{name}:{profile_id}:{year}"
    address = normalise_email(str(event.payload.get("email", "")))
    if event.type == _ACCOUNT and address:
        return f"{name}:{_mailbox(address)}"
    return f"{name}:{profile_id}"


def _thing(event: Event) -> str:
    data = event.payload
    for name in ("product_id", "survey", "order_id", "kind"):
        if data.get(name):
            return str(data[name])
    return str(event.id)


def _mailbox(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def _promise(plan: Programme, rule: EarnRule, profile_id: int, key: str, at: datetime) -> Promise:
    return Promise(
        profile_id=profile_id,
        key=key[:MOST],
        programme=plan.key,
        rule=rule.id[:64],
        amount_minor=rule.amount_minor,
        currency=plan.currency,
        promised_at=at,
    )


def _give(
    plan: Programme,
    rule: EarnRule,
    profile_id: int,
    key: str,
    at: datetime,
    reference: str,
    sums: dict[tuple[int, str], SoFar],
    now: datetime,
) -> None:
    had = sums[profile_id, plan.key]
    minor = for_event(plan, rule, had, at=at).amount_minor
    source = Source("event", f"{rule.event}:{reference}"[:128])
    reason = _REASONS.get(rule.event, "")
    if award(plan, profile_id, minor, at=at, key=key, source=source, reason=reason, now=now):
        sums[profile_id, plan.key] = after(had, minor)


def keep_promises(
    plans: Sequence[Programme],
    placed: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Grant what waited for an order of these people, pending with that order; one query where
    nothing waits. An order of which nothing was paid keeps nothing."""
    by_key = {plan.key: plan for plan in plans}
    first: dict[int, Event] = {}
    for event in placed:
        if event.payload["total_minor"] > 0:
            first.setdefault(profile_of[event.actor], event)
    kept = []
    for promise in waiting(list(first)):
        plan, event = by_key.get(promise.programme), first[promise.profile_id]
        if plan is None or plan.currency != promise.currency:
            continue
        order = event.payload["order_id"]
        if award(
            plan, promise.profile_id, promise.amount_minor, at=event.occurred_at,
            key=f"promise:{promise.pk}:{order}", source=Source("promise", order),
            reason=_REASONS[_ACCOUNT], now=now,
        ):  # fmt: skip
            promise.order_id = order
            kept.append(promise)
    Promise.objects.bulk_update(kept, ["order_id"])


def reward_days(*, now: datetime) -> int:
    """Grant what life events of these days are worth; returns how many rules were looked at.

    For the nightly run: a birthday is on its day by the shop's clock, and three missed nights are
    made up for. Two queries a rule and the ledger's own for each grant.
    """
    looked = 0
    for plan in live_programmes().plans.values():
        for rule in plan.event_rules:
            if rule.event == _LIFE and rule.about and not plan.withdrawn:
                _reward_day(plan, rule, now)
                looked += 1
    return looked


def _reward_day(plan: Programme, rule: EarnRule, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(plan.zone)).date()
    days = [today - timedelta(days=ago) for ago in range(_LATE)]
    dated = Q(on__in=days) | Q(yearly=True, month_day__in=sorted(_month_days(days)))
    rows = live_life_events(now).filter(dated, kind=rule.about).values_list("profile_id", "on")
    wanted: dict[str, tuple[int, str]] = {}
    for pid, on in rows:
        day = _day_of(on, days)
        if day is None:
            continue
        year = "" if rule.once == "ever" else f":{day.year}"
        wanted[f"event:{plan.key}:{rule.id[:36]}:{pid}{year}"] = pid, year
    people = {pid for pid, _ in wanted.values()}
    was = people_of(people).was if people else {}
    keys = {
        key: [f"event:{plan.key}:{rule.id[:36]}:{one}{year}" for one in was[pid]]
        for key, (pid, year) in wanted.items()
    }
    known = known_keys(one for all_ in keys.values() for one in all_)
    sums = so_far([plan], people, now=now)
    for key, (pid, _year) in sorted(wanted.items()):
        if known.isdisjoint(keys[key]):
            _give(plan, rule, pid, key, now, rule.about, sums, now)


def _month_days(days: Sequence[date]) -> set[int]:
    found = {day.month * 100 + day.day for day in days}
    # Who was born on 29 February has her day on the 28th where there is none.
    if 228 in found and not any((day + timedelta(days=1)).day == 29 for day in days):
        found.add(229)
    return found


def _day_of(on: date | None, days: Sequence[date]) -> date | None:
    """Which of these days it falls on."""
    if on is None:
        return None
    for day in days:
        same = (on.month, on.day) == (day.month, day.day)
        leap = (on.month, on.day, day.month, day.day) == (2, 29, 2, 28)
        if same or leap:
            return day
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A reward that waits for an order; ``name`` is the programme's."""

    programme: str
    name: str
    amount_minor: int
    currency: str
    promised_at: datetime


def promised(profile_id: int) -> tuple[Promised, ...]:
    """What she is given once she orders; two queries."""
    plans = live_programmes().plans
    rows = Promise.objects.filter(profile=profile_id, order_id="").order_by("id")
    return tuple(
        Promised(
            programme=row.programme,
            name=plans[row.programme].name,
            amount_minor=row.amount_minor,
            currency=row.currency,
            promised_at=row.promised_at,
        )
        for row in {what_it_is(row): row for row in rows}.values()
        if row.programme in plans
        and not plans[row.programme].withdrawn
        and plans[row.programme].currency == row.currency
    )
