"""What happens to credit, as events: campaigns start from them, and they are in the timeline.

The ledger tells its news inside the transaction that posted, so the event is recorded with the
posting or not at all. They stand under a name of hers, so that her timeline and segments find them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.events.api import NewEvent, record_many
from clm_plugin.profiles.api import names_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.wallet.data import News

_TYPES = {
    "grant": "credit.granted",
    "opened": "credit.opened",
    "expiring": "credit.expiring",
    "expire": "credit.expired",
    "capture": "credit.spent",
    "restore": "credit.restored",
    "claw_back": "credit.clawed_back",
    "deduct": "credit.clawed_back",
}
"""A reversal and a debt that is paid are corrections of the books: no news to her."""


def announce(news: Sequence[News]) -> None:
    """Record the events of these news, in the caller's transaction; what is nobody's is left."""
    told = [
        (each, each.profile_id)
        for each in news
        if each.kind in _TYPES and each.profile_id is not None and each.amount_minor > 0
    ]
    if told:
        names = names_of(profile_id for _, profile_id in told)
        found = [_event(each, names[profile_id]) for each, profile_id in told]
        record_many(found, received_at=max(event.occurred_at for event in found))


def _event(news: News, name: str) -> NewEvent:
    type_ = _TYPES[news.kind]
    about = news.transaction_id or "-".join(map(str, news.lot_ids))
    return NewEvent(
        type=type_,
        actor=name,
        object_id=news.programme,
        occurred_at=news.at,
        source="plugin",
        key=f"{type_}:{about}:{news.programme}:{news.days}:{news.profile_id}",
        payload=_payload(news),
    )


def _payload(news: News) -> dict[str, Any]:
    known = {
        "transaction_id": news.transaction_id,
        "lot_ids": list(news.lot_ids),
        "opens_at": _text(news.opens_at),
        "expires_at": _text(news.expires_at),
        "days": news.days,
        "order_id": news.order_id or _order_of(news),
        "source": news.source.kind,
    }
    return {
        "programme": news.programme,
        "amount_minor": news.amount_minor,
        "currency": news.currency,
        **{name: value for name, value in known.items() if value},
    }


def _order_of(news: News) -> str:
    """The order that earned it."""
    return news.source.reference if news.source.kind in ("order", "promise") else ""


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
