"""What a basket needs to know of offers, in few queries: for adapters that price baskets.

One look at a person is one query for who she is with her grants, one for her own limits and, only
where an offer asks for it, one for her segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from clm_plugin.offers.alphabet import read_code
from clm_plugin.offers.data import Answer, Shopper
from clm_plugin.offers.guessing import refused, usable
from clm_plugin.offers.guests import guest_of
from clm_plugin.offers.models import OfferCode, OfferCounter, OfferGrant, Redemption
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.api import segments_of_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from clm_plugin.offers.plan import Offer

_State = Redemption.State
FREE_SHIPPING = "free_shipping"
NOBODY = Shopper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What one person brings to a basket.

    ``grants``: (id, offer) of what was given to her and can be used without a code. ``used_up``:
    offers that she has used as often as she may. ``has_pass``: her shipping is free for a while.
    """

    shopper: Shopper = NOBODY
    grants: tuple[tuple[int, str], ...] = ()
    used_up: frozenset[str] = frozenset()
    has_pass: bool = False


def holdings(
    actor: str, plans: Mapping[str, Offer], *, now: datetime, order_id: str = ""
) -> Holdings:
    """What the person of this name ("customer:7") holds of these offers; at most three queries.

    A grant that another order has reserved or used is left out; ``order_id`` names her own.
    """
    keys = [plan.key for plan in plans.values() if plan.given == "grant"]
    rows = list(
        OfferGrant.objects.filter(_is_open(keys, now), profile__identifiers__actor=actor)
        .annotate(is_taken=Exists(_uses(now, order_id).filter(grant=OuterRef("pk"))))
        .order_by("pk")
        .values_list(
            "pk",
            "offer",
            "entitles",
            "entitles_until",
            "is_taken",
            "profile_id",
            "profile__standing__stage",
            "profile__facts__orders",
        )
    )
    who = rows[0][5:] if rows else _who(actor, plans)
    if who is None:
        return Holdings()
    profile_id, stage, orders = who
    grants = tuple((row[0], row[1]) for row in rows if row[1] in keys and not row[4])
    return Holdings(
        shopper=Shopper(
            profile_id=profile_id,
            stage=stage or "",
            orders=orders or 0,
            segments=_segments(profile_id, plans),
        ),
        grants=grants,
        used_up=_used_up(f"profile:{profile_id}", plans),
        has_pass=any(row[2] == FREE_SHIPPING and row[3] and row[3] > now for row in rows),
    )


def _is_open(keys: list[str], now: datetime) -> Q:
    usable = Q(offer__in=keys) & (Q(expires_at=None) | Q(expires_at__gt=now))
    entitled = Q(entitles=FREE_SHIPPING, entitles_until__gt=now)
    return (usable | entitled) & Q(revoked_at=None)


def _uses(now: datetime, order_id: str) -> QuerySet[Redemption]:
    """Uses that stand in the way of another one."""
    open_ = Q(state=_State.CONFIRMED) | Q(state=_State.RESERVED, until__gt=now)
    return Redemption.objects.filter(open_).exclude(order_id=order_id)


def _who(actor: str, plans: Mapping[str, Offer]) -> tuple[int, str | None, int | None] | None:
    """Who she is, where an offer that she was not given may ask for it."""
    if not any(plan.given != "grant" for plan in plans.values()):
        return None
    rows = profiles().filter(identifiers__actor=actor)
    return rows.values_list("id", "standing__stage", "facts__orders").first()


def _segments(profile_id: int, plans: Mapping[str, Offer]) -> frozenset[str]:
    if not any(plan.conditions.segments for plan in plans.values()):
        return frozenset()
    return frozenset(segments_of_many([profile_id]).get(profile_id, frozenset()))


def used_by_guest(session_key: str, plans: Mapping[str, Offer]) -> frozenset[str]:
    """Offers of public codes that this session has used as often as it may; at most one query."""
    return _used_up(f"session:{guest_of(session_key)}", plans) if session_key else frozenset()


def _used_up(scope: str, plans: Mapping[str, Offer]) -> frozenset[str]:
    limited = [plan.key for plan in plans.values() if plan.limits.per_profile is not None]
    if not limited:
        return frozenset()
    rows = OfferCounter.objects.filter(offer__in=limited, scope=scope)
    # The plan's limit, not the row's: that one is brought up to date by the next use only.
    return frozenset(
        key
        for key, used in rows.values_list("offer", "used")
        if used >= (plans[key].limits.per_profile or 0)
    )


def used_up(plans: Mapping[str, Offer], *, now: datetime) -> frozenset[str]:
    """Offers whose limit in all, of today, or whose budget has no room; at most one query."""
    scopes: dict[tuple[str, str], int] = {}
    for plan in plans.values():
        limits, today = plan.limits, now.astimezone(ZoneInfo(plan.zone)).date().isoformat()
        for scope, most in (
            ("total", limits.total),
            (f"day:{today}", limits.per_day),
            ("budget", limits.budget_minor),
        ):
            if most is not None:
                scopes[plan.key, scope] = most
    if not scopes:
        return frozenset()
    rows = OfferCounter.objects.filter(
        offer__in={key for key, _ in scopes}, scope__in={scope for _, scope in scopes}
    ).values_list("offer", "scope", "used")
    return frozenset(
        key for key, scope, used in rows if (key, scope) in scopes and used >= scopes[key, scope]
    )


def has_passes(now: datetime) -> bool:
    """Whether anybody's shipping is free for a while; one query."""
    return OfferGrant.objects.filter(
        entitles=FREE_SHIPPING, entitles_until__gt=now, revoked_at=None
    ).exists()


def standing_of_codes(
    texts: Iterable[str],
    *,
    profile_id: int | None,
    plans: Mapping[str, Offer],
    now: datetime,
    order_id: str = "",
) -> dict[str, Answer]:
    """How codes that are on a basket already stand, by the texts given; two queries.

    Like ``check_code``, but nothing is counted as a guess: call it for codes that were accepted.
    """
    asked = {text: read_code(text) for text in texts}
    rows = OfferCode.objects.filter(text__in=set(asked.values())).select_related("grant")
    codes = {row.text: row for row in rows}
    taken = {
        use.code_id: use.state
        for use in _uses(now, order_id).filter(code__in=[row.pk for row in codes.values()])
    }
    spent = [row.pk for row in codes.values() if row.state == OfferCode.State.USED]
    mine = Redemption.objects.filter(code__in=spent, order_id=order_id, state=_State.CONFIRMED)
    own = set(mine.values_list("code_id", flat=True)) if spent and order_id else set()
    found = {}
    for text, read in asked.items():
        row = codes.get(read)
        plan = plans.get(row.offer) if row else None
        if row is None or plan is None or not _may(row, profile_id, now) or not plan.is_open(now):
            found[text] = refused()
        elif row.pk in taken:
            found[text] = _taken(taken[row.pk] == _State.CONFIRMED)
        elif row.state == OfferCode.State.USED and row.pk not in own:
            found[text] = _taken(True)  # its owner was erased, and the order names it no more
        else:
            found[text] = usable(row, plan)
    return found


def _taken(is_used: bool) -> Answer:
    if is_used:
        return Answer(ok=False, reason="used", text=_("This code has been used."))
    return Answer(
        ok=False,
        reason="in_use",
        text=_(
            "This code is in use in another checkout. Finish that order, or try again in a"
            " little while; you have not paid anything."
        ),
    )


def _may(row: OfferCode, profile_id: int | None, now: datetime) -> bool:
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return False
    grant = row.grant
    if grant is None:
        return True
    over = grant.expires_at is not None and grant.expires_at <= now
    return grant.profile_id == profile_id and grant.revoked_at is None and not over
