"""What happened to somebody's store credit, in words for the timeline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.console.wording import day, money

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = {
    "credit.granted": (gettext_lazy("Was granted %(amount)s of store credit"), "good"),
    "credit.opened": (gettext_lazy("%(amount)s of store credit can be spent now"), "good"),
    "credit.expiring": (gettext_lazy("%(amount)s of store credit will expire soon"), "quiet"),
    "credit.expired": (gettext_lazy("%(amount)s of store credit expired"), "bad"),
    "credit.spent": (gettext_lazy("Spent %(amount)s of store credit"), "active"),
    "credit.restored": (gettext_lazy("Got %(amount)s of store credit back"), "good"),
    "credit.clawed_back": (gettext_lazy("%(amount)s of store credit was taken back"), "bad"),
}
CREDIT = frozenset(_TEXTS)


def tell(type_: str, payload: Mapping[str, Any]) -> tuple[str, str, str]:
    """(sentence, detail, tone) of an event of store credit."""
    text, tone = _TEXTS[type_]
    amount = money(int(payload.get("amount_minor") or 0), str(payload.get("currency") or ""))
    parts = [str(payload.get("programme") or "")]
    if payload.get("order_id"):
        parts.append(_("order %(order)s") % {"order": payload["order_id"]})
    for name, words in (
        ("opens_at", _("opens on %(day)s")),
        ("expires_at", _("good until %(day)s")),
    ):
        when = _moment(payload.get(name))
        if when is not None:
            # Midnight at the end of a day is that day's: it is the last on which it is good.
            shown = when - timedelta(microseconds=1) if name == "expires_at" else when
            parts.append(words % {"day": day(shown)})
    return str(text) % {"amount": amount}, " · ".join(part for part in parts if part), tone


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
