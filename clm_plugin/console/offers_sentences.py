"""What happened to somebody's offers, in words for the timeline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from clm_plugin.console.wording import day, money
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Mapping

OFFERS = frozenset({"offer.granted", "offer.expiring", "offer.redeemed"})


def tell(type_: str, payload: Mapping[str, Any]) -> tuple[str, str, str]:
    """(sentence, detail, tone) of an event of offers."""
    title = str(payload.get("title") or payload.get("offer") or "")
    if type_ == "offer.granted":
        return _("Was given the offer “%(title)s”") % {"title": title}, _given(payload), "good"
    if type_ == "offer.expiring":
        text = _("The offer “%(title)s” will end soon") % {"title": title}
        return text, _good_until(payload), "quiet"
    return _("Used the offer “%(title)s”") % {"title": title}, _used(payload), "active"


def _given(payload: Mapping[str, Any]) -> str:
    sources = {
        "campaign": _("by a campaign"),
        "manual": _("by a colleague or a program"),
        "import": _("by an import"),
        "link": _("by a link or a code"),
    }
    parts = [sources.get(str(payload.get("source")), ""), _good_until(payload)]
    return " · ".join(part for part in parts if part)


def _good_until(payload: Mapping[str, Any]) -> str:
    ends = _moment(payload.get("expires_at"))
    # Midnight at the end of a day is that day's: it is the last on which it is good.
    last = ends - timedelta(microseconds=1) if ends else None
    return _("good until %(day)s") % {"day": day(last)} if last else ""


def _used(payload: Mapping[str, Any]) -> str:
    minor, order = int(payload.get("discount_minor") or 0), str(payload.get("order_id") or "")
    named = order and offers.behind(order) == "order"
    parts = [_("order %(order)s") % {"order": order}] if named else []
    if minor:
        amount = money(minor, str(payload.get("currency") or ""))
        parts.append(_("%(amount)s off") % {"amount": amount})
    return " · ".join(parts)


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
