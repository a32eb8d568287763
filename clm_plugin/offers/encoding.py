"""A plan as JSON and back. Pure."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from clm_plugin.offers.plan import Conditions, Effect, Limits, Offer

_TIMES = ("opens_at", "closes_at")


def plan_to_json(offer: Offer) -> dict[str, Any]:
    """A plan as JSON values."""
    found = asdict(offer)
    for name in _TIMES:
        found[name] = found[name].isoformat() if found[name] else None
    return found


def plan_from_json(data: dict[str, Any]) -> Offer:
    """The plan that ``plan_to_json`` wrote.

    Raises KeyError, TypeError or ValueError for what is none: a field that this version does not
    know, or one that is missing.
    """
    parts = {"effect": Effect, "conditions": Conditions, "limits": Limits}
    values = {name: value for name, value in data.items() if name not in parts}
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["combines_with"] = tuple(values["combines_with"])
    for name, part in parts.items():
        given = data[name]
        values[name] = part(
            **{key: tuple(item) if isinstance(item, list) else item for key, item in given.items()}
        )
    offer = Offer(**values)
    if any(not isinstance(getattr(offer, f.name), str) for f in fields(Offer) if f.type == "str"):
        raise TypeError("a text of the plan is no text")
    return offer
