"""What orders mean for what was reserved for them, as the log tells it.

The shop's checkout does it at once; this finds what a crash or an outage of ours left undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.offers.counting import OPEN
from clm_plugin.offers.models import Redemption
from clm_plugin.offers.settling import TIMED_OUT, confirm, free

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.events.api import Event

_State = Redemption.State
PLACED, CANCELLED = "order.placed", "order.cancelled"


def settle(events: Sequence[Event], *, now: datetime) -> None:
    """Confirm for orders that were placed, free for those cancelled; one query when nothing waits.

    What was settled before is settled already; events of history change nothing.
    """
    live = [event for event in events if event.is_live and event.type in (PLACED, CANCELLED)]
    if not live:
        return
    ids = {event.payload["order_id"] for event in live}
    waiting = Redemption.objects.filter(
        Q(state__in=OPEN) | Q(state=_State.FREED, end_reason=TIMED_OUT), order_id__in=ids
    )
    known = set(waiting.values_list("order_id", flat=True))
    for event in live:
        order = event.payload["order_id"]
        if order not in known:
            continue
        if event.type == CANCELLED:
            free(order, now=now)
        else:
            confirm(order, now=now, order_minor=event.payload["total_minor"])
