"""Reads of the campaign floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings as django_settings
from django.db import connection
from django.db.models import Min, Subquery

from clm_plugin.campaigns.data import Contact, Person
from clm_plugin.campaigns.models import Enrolment, PlanSet, Receipt
from clm_plugin.campaigns.plans import plan_version
from clm_plugin.campaigns.rules import Limits
from clm_plugin.conf import settings
from clm_plugin.profiles.api import identifiers, mail_consents, profiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from clm_plugin.campaigns.data import Channel, Plan

_MEMORY = timedelta(days=400)
"""How far back contacts are looked at; "three ever" of overlays means in this time."""
_FIELDS = (
    "id",
    "customer_id",
    "email",
    "first_name",
    "language",
    "time_zone",
    "standing__stage",
    "facts__product_views",
    "facts__orders",
    "facts__basket_id",
    "facts__basket_items",
    "facts__basket_minor",
    "facts__basket_at",
    "facts__last_order_at",
)
_NAMES = ("profile_id", *(field.partition("__")[2] or field for field in _FIELDS[1:]))


def person_of(actor: str) -> tuple[Person | None, int]:
    """Who an actor is, as decisions see it, and the version of the plan set. One query if known."""
    if connection.vendor == "postgresql":
        # The hottest read of all: building this query costs ten times as much as running it.
        with connection.cursor() as cursor:
            sql, before, after = _person_sql()
            cursor.execute(sql, (*before, actor, *after))
            row = cursor.fetchone()
    else:
        row = _person_query(actor).first()
    if row is None:
        return None, plan_version()
    return _person(row[:-1], mail_consent=False), row[-1] or 0


def _person_query(actor: str) -> QuerySet:
    version = PlanSet.objects.filter(id=1).values("version")[:1]
    return (
        identifiers()
        .filter(actor=actor)
        .annotate(plan_version=Subquery(version))
        .values_list(*(f"profile__{field}" for field in _FIELDS), "plan_version")
    )


@cache
def _person_sql() -> tuple[str, tuple[Any, ...], tuple[Any, ...]]:
    """The query's SQL, and its parameters before and behind the actor."""
    sql, params = _person_query("\x1a").query.sql_with_params()
    at = params.index("\x1a")
    return sql, params[:at], params[at + 1 :]


def persons(profile_ids: Iterable[int]) -> dict[int, Person]:
    """People by profile id, with what they said about mail; two queries."""
    ids = list(profile_ids)
    said = mail_consents(ids)
    found = {}
    for row in profiles().filter(id__in=ids).values_list(*_FIELDS):
        soft = settings.SOFT_OPT_IN and (bool(row[1]) or (row[8] or 0) > 0)
        found[row[0]] = _person(row, mail_consent=said.get(row[0], soft))
    return found


def _person(row: tuple, *, mail_consent: bool) -> Person:
    values = dict(zip(_NAMES, row, strict=True))
    for name in ("stage", "basket_id"):
        values[name] = values[name] or ""
    for name in ("product_views", "orders", "basket_items", "basket_minor"):
        values[name] = values[name] or 0
    return Person(**values, mail_consent=mail_consent)


def with_segments(people: Mapping[int, Person], plans: Iterable[Plan]) -> dict[int, Person]:
    """The same people with their segments; a query only if one of the plans asks for them."""
    asked = any(plan.audience.segments or plan.audience.not_segments for plan in plans)
    if not asked or not people:
        return dict(people)
    from clm_plugin.segments.api import segments_of_many

    found = segments_of_many(people)
    return {
        pid: replace(person, segments=found.get(pid, frozenset())) for pid, person in people.items()
    }


def contacts_of(profile_id: int, *, now: datetime) -> list[Contact]:
    """What this person got by mail and overlay, newest first; one query."""
    return contacts_of_many([profile_id], now=now).get(profile_id, [])


def contacts_of_many(profile_ids: Iterable[int], *, now: datetime) -> dict[int, list[Contact]]:
    """Likewise for a batch of people; one query."""
    rows = (
        Receipt.objects.filter(
            profile__in=list(profile_ids),
            yes=True,
            channel__in=("mail", "overlay"),
            decided_at__gt=now - _MEMORY,
        )
        .order_by("-decided_at")
        .values_list("profile_id", "campaign", "channel", "decided_at", "impression__dismissed_at")
    )
    found: dict[int, list[Contact]] = {}
    for profile_id, campaign, channel, at, dismissed in rows:
        found.setdefault(profile_id, []).append(
            Contact(
                campaign=campaign, channel=cast("Channel", channel), at=at, dismissed_at=dismissed
            )
        )
    return found


def limits() -> Limits:
    """The shop's caps, from its settings."""
    quiet_from, quiet_until = settings.QUIET_HOURS
    return Limits(
        mails_per_day=settings.MAIL_CAP_PER_DAY,
        mails_per_week=settings.MAIL_CAP_PER_WEEK,
        mail_spacing=settings.MAIL_SPACING,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        zone=settings.TIME_ZONE or django_settings.TIME_ZONE,
    )


def next_due() -> datetime | None:
    """When the next journey step is due."""
    waiting = Enrolment.objects.filter(state=Enrolment.State.WAITING)
    at: datetime | None = waiting.aggregate(at=Min("due_at"))["at"]
    return at
