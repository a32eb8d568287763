"""Pages and screens in messages. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from clm_plugin.adapters.segment.data import Mapped
from clm_plugin.events.api import BadEvent

if TYPE_CHECKING:
    from clm_plugin.adapters.segment.data import Context

_LONGEST = 300


def page_viewed(context: Context) -> Mapped:
    """A page, without the query of any address. Raises BadEvent where nothing names the page."""
    page = _object(_object(context.message, "context"), "page")
    campaign = _object(_object(context.message, "context"), "campaign")
    told = {**page, **context.properties}
    url = _split(told.get("url"))
    path = _text(told.get("path")) or (url.path if url else "")
    path = path or _text(context.message.get("name")) or _text(context.message.get("category"))
    if not path:
        raise BadEvent("properties.path", "is missing")
    referrer = _referrer(told.get("referrer"), url.hostname if url else None)
    named = {ours: _text(campaign.get(theirs)) for ours, theirs in _CAMPAIGN.items()}
    payload: dict[str, Any] = {
        "path": path[:_LONGEST],
        "referrer": referrer,
        # Who comes from elsewhere begins a visit; nothing else in a message tells.
        "session": bool(referrer or any(named.values())),
        **named,
    }
    return Mapped(type="page.viewed", payload=payload)


_CAMPAIGN = {"source": "source", "medium": "medium", "campaign": "name"}


def screen_viewed(context: Context) -> Mapped:
    name = _text(context.message.get("name")) or _text(context.properties.get("name"))
    if not name:
        raise BadEvent("name", "is missing")
    return Mapped(type="screen.viewed", payload={"name": name})


def _referrer(value: object, own: str | None) -> str:
    """Another site's address; "" for a page of the same site, or what is no address."""
    found = _split(value)
    if found is None or not found.hostname or found.hostname == own:
        return ""
    return f"{found.scheme}://{found.netloc.rpartition('@')[2]}{found.path}"[:_LONGEST]


def _split(value: object) -> Any:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return parts if parts is not None and (parts.hostname or parts.path) else None
    except ValueError:
        return None


def _text(value: object) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
