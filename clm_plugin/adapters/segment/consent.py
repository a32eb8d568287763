"""Whether a message may be stored, by what the person agreed to. Pure.

The front end that asks a person says what she answered in ``context.consent``, as the Segment
specification has it: ``{"categoryPreferences": {"analytics": true}}``. Records of the shop (an
order, a refund, an account) are no browsing and are kept whatever she answered, without her device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.adapters.segment.data import Surroundings

# Categories by which front ends name what our purposes are.
_PURPOSES = {
    "analytics": "analytics",
    "personalisation": "personalisation",
    "personalization": "personalisation",
    "mail": "mail",
    "email": "mail",
}
UPDATED = "Segment Consent Preference Updated"


def answers(message: Mapping[str, Any]) -> dict[str, bool]:
    """What she said to each purpose of ours; absent: nothing."""
    context = message.get("context")
    consent = context.get("consent") if isinstance(context, dict) else None
    told = consent.get("categoryPreferences") if isinstance(consent, dict) else None
    if not isinstance(told, dict):
        return {}
    found: dict[str, bool] = {}
    for category, answer in told.items():
        purpose = _PURPOSES.get(str(category).strip().lower())
        if purpose and isinstance(answer, bool):
            # Said twice under two spellings, a refusal wins.
            found[purpose] = answer and found.get(purpose, True)
    return found


def may_store(message: Mapping[str, Any], around: Surroundings) -> bool:
    """Her own answer decides; without one, the browser's signal, then the shop's rule."""
    said = answers(message).get("analytics")
    if said is not None:
        return said
    return not (around.refuses or around.must_agree)
