"""Typed codes: the right one is found, guessing is slowed down and told of, and nothing is learnt.

Wrong tries are counted in Django's cache by session, by address (REMOTE_ADDR; a header that a
caller can write is never read) and by account. Whoever is over a limit gets the answer that every
wrong code gets, after the same work; a right code does not help her either until the window ends.
A cache that is down counts nothing: a shopper at the checkout must not pay for it, and a guess
finds one code in a thousand million.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from clm_plugin.offers.alphabet import MAX_TYPED, read_code
from clm_plugin.offers.counting import OPEN
from clm_plugin.offers.data import Answer
from clm_plugin.offers.guests import guest_of
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.models import CodeAlarm, OfferCode, Redemption

if TYPE_CHECKING:
    from clm_plugin.offers.plan import Offer

logger = logging.getLogger("clm_plugin")

WINDOW = 600
"""Seconds in which wrong tries are counted together."""
MOST = {"session": 10, "account": 10, "ip": 60}
"""Wrong tries in a window; many people share an address."""
FLOOD = 500
"""Wrong tries in a window, by everybody, from which an alarm is raised."""
_NONE = "##########"
"""Looked up for what can be no code, so that it costs what a wrong code costs."""


def check_code(
    *,
    text: str,
    profile_id: int | None,
    session_key: str,
    ip: str,
    now: datetime,
    order_id: str = "",
) -> Answer:
    """Whether a typed code can be used by this person; nothing is reserved.

    ``profile_id`` None: a guest. ``ip`` is REMOTE_ADDR. ``order_id``: a reservation by this very
    order is no hindrance. Unknown, somebody else's, expired, revoked and too many tries have one
    answer. Not for ``order_id`` "" inside a loop: each wrong call counts.
    """
    callers = _callers(profile_id, session_key, ip)
    is_over = any(_tries(name, who) >= MOST[name] for name, who in callers)
    found = _look(read_code(text[: MAX_TYPED + 1]), profile_id, order_id, now)
    if is_over or not found.ok:
        _count([*callers, ("all", "")], now)
    if is_over or found.reason == "refused":
        return refused()
    return found


def refused() -> Answer:
    """The one answer to every wrong code."""
    return Answer(
        ok=False,
        reason="refused",
        text=_("This code cannot be used. Check how it is written, or go on without it."),
    )


def _look(code: str, profile_id: int | None, order_id: str, now: datetime) -> Answer:
    row = OfferCode.objects.select_related("grant").filter(text=code or _NONE).first()
    held = Redemption.objects.filter(state__in=OPEN, code=row.pk if row else 0)
    other = held.exclude(order_id=order_id).values_list("state", "until").first()
    offers = live_offers()
    offer = offers.get(row.offer) if row else None
    if row is None or offer is None or not _may(row, offer, profile_id, now):
        return refused()
    # Used, and its order may name it no more: its owner was erased.
    is_used = row.state == OfferCode.State.USED and not held.filter(order_id=order_id).exists()
    if is_used or (other is not None and other[0] == Redemption.State.CONFIRMED):
        return Answer(ok=False, reason="used", text=_("This code has been used."))
    if other is not None and other[1] > now:
        return Answer(
            ok=False,
            reason="in_use",
            text=_(
                "This code is in use in another checkout. Finish that order, or try again in a"
                " little while; you have not paid anything."
            ),
        )
    return usable(row, offer)


def usable(row: OfferCode, offer: Offer) -> Answer:
    """The answer to a code that can be used."""
    return Answer(
        ok=True,
        text=offer.title,
        code=row.as_written,
        offer=offer,
        grant_id=row.grant_id,
        is_public=row.is_public,
    )


def _may(row: OfferCode, offer: Offer, profile_id: int | None, now: datetime) -> bool:
    grant = row.grant
    if row.revoked_at is not None or not offer.is_open(now):
        return False
    if row.expires_at is not None and row.expires_at <= now:
        return False
    if grant is None:
        return True
    over = grant.expires_at is not None and grant.expires_at <= now
    return grant.profile_id == profile_id and grant.revoked_at is None and not over


def _callers(profile_id: int | None, session_key: str, ip: str) -> list[tuple[str, str]]:
    told = [("session", session_key), ("ip", ip), ("account", str(profile_id or ""))]
    return [(name, guest_of(who)) for name, who in told if who]


def _key(name: str, who: str) -> str:
    return f"clm.offers.guess.{name}.{who}"


def _tries(name: str, who: str) -> int:
    try:
        return int(cache.get(_key(name, who), 0))
    except Exception:  # whatever the host's cache raises
        return 0


def _count(callers: list[tuple[str, str]], now: datetime) -> None:
    for name, who in callers:
        try:
            if not cache.add(_key(name, who), 1, WINDOW):
                tries = cache.incr(_key(name, who))
                if name == "all" and tries % FLOOD == 0:
                    _alarm(tries, now)
        except Exception:
            logger.warning("clm: wrong codes are not counted: the cache fails", exc_info=True)


def _alarm(wrong: int, now: datetime) -> None:
    """A row an hour, and a line in the log, for whoever looks after the shop."""
    logger.error("clm: %s wrong codes in ten minutes: somebody is guessing", wrong)
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = CodeAlarm(hour=hour, first_at=now, last_at=now, wrong=wrong)
    CodeAlarm.objects.bulk_create([row], ignore_conflicts=True)
    CodeAlarm.objects.filter(hour=hour).update(last_at=now, wrong=Greatest(F("wrong"), wrong))


def last_alarm() -> CodeAlarm | None:
    """The latest hour in which codes were guessed in bulk."""
    return CodeAlarm.objects.order_by("-hour").first()
