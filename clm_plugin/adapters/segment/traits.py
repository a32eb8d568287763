"""Traits of people and groups: the specification's reserved names as our built-in ones. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.events.api import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUILT_IN = {
    "email": "email",
    "firstName": "first_name",
    "first_name": "first_name",
    "language": "language",
    "country": "country",
    "timezone": "time_zone",
    "timeZone": "time_zone",
    "time_zone": "time_zone",
    "phone": "phone",
}
_MOST = 100


def traits_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a message says of a person: ``traits``, and what its ``context`` says of her place.

    Built-in traits have our names, all others the sender's. A country that is no two-letter code
    and values of another kind than text stay out of the built-in ones.
    """
    told, context = message.get("traits"), message.get("context")
    around = context if isinstance(context, dict) else {}
    place = {"language": around.get("locale"), "time_zone": around.get("timezone")}
    found: dict[str, Any] = {
        name: value for name, value in place.items() if isinstance(value, str) and value
    }
    traits = told if isinstance(told, dict) else {}
    address = traits.get("address")
    if isinstance(address, dict) and "country" not in traits:
        traits = {**traits, "country": address.get("country")}
    for name, value in traits.items():
        built_in = _BUILT_IN.get(name)
        if built_in is None:
            found[name] = value
        elif isinstance(value, str) and value.strip() and _fits(built_in, value.strip()):
            found[built_in] = value.strip()
    return fitting(dict(list(found.items())[:_MOST]))


def fitting(values: Mapping[str, Any]) -> dict[str, Any]:
    """Free-form values with long texts cut; the whole is kept as it was sent."""
    return {name: _cut(value) for name, value in values.items()}


def _fits(name: str, value: str) -> bool:
    return name != "country" or (len(value) == 2 and value.isascii() and value.isalpha())


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_cut(item) for item in value]
    return value
