"""What people say of themselves, folded: traits, proofs, life events, consent. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.profiles.data import consent_key
from clm_plugin.profiles.sums import Answer, Fold, Said, Trait

if TYPE_CHECKING:
    from collections.abc import Callable

    from clm_plugin.events.api import Event

BIRTHDAY = "birthday"
"""A trait that other systems send, and the life event that it is."""


def account(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is not None:
        trait(result, profile_id, event, data, strong=True)


def trait(
    result: Fold, profile_id: int, event: Event, data: dict[str, Any], *, strong: bool
) -> None:
    names = ("email", "first_name", "language", "country")
    values = {name: data[name] for name in names if data.get(name)}
    if values:
        result.traits[profile_id].append(Trait(event.occurred_at, strong, event.source, values))


def identified(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    told = data.get("traits")
    if profile_id is None or not told:
        return
    result.traits[profile_id].append(Trait(event.occurred_at, True, event.source, told))
    born = told.get(BIRTHDAY)
    if isinstance(born, str) and born:
        _say(result, (profile_id, BIRTHDAY), Said(event.occurred_at, False, born[:10]))


def answered(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    if profile_id is not None:
        values = {f"survey.{data['survey']}"[:64]: (data.get("score", -1), data.get("answer", ""))}
        result.traits[profile_id].append(Trait(event.occurred_at, False, event.source, values))


def proven(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
    """An address or number of her own: a strong word, whichever way it was told before."""
    if profile_id is not None:
        values = {name: data[name] for name in ("email", "phone") if data.get(name)}
        result.traits[profile_id].append(Trait(event.occurred_at, True, event.source, values))
        result.proven.add(profile_id)


def life(is_over: bool) -> Callable[[Fold, int | None, Event, dict[str, Any]], None]:
    def change(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
        if profile_id is not None:
            said = Said(event.occurred_at, is_over, data.get("date", ""))
            _say(result, (profile_id, data["kind"][:64]), said)

    return change


def _say(result: Fold, place: tuple[int, str], said: Said) -> None:
    if place not in result.life or said > result.life[place]:
        result.life[place] = said


def consent(granted: bool) -> Callable[[Fold, int | None, Event, dict[str, Any]], None]:
    def change(result: Fold, profile_id: int | None, event: Event, data: dict[str, Any]) -> None:
        if profile_id is None:
            return
        for word in data.get("purposes", ()):
            key = (profile_id, *consent_key(word, data.get("channel", "")))
            known = result.consents.get(key)
            # At the same instant a refusal wins.
            if known is None or (event.occurred_at, not granted) > (known.at, not known.granted):
                result.consents[key] = Answer(
                    event.occurred_at,
                    granted,
                    (data.get("place") or event.source)[:32],
                    data.get("text_version", "")[:64],
                    data.get("proof") or {},
                )

    return change
