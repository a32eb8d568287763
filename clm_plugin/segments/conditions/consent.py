"""What was said about a purpose: granted, refused, or never said."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import choice, text


@dataclass(frozen=True, kw_only=True)
class HasConsent(Condition):
    """What was said about a purpose: granted, refused, or never said."""

    kind = "consent"
    purpose: str = text(limit=32)
    channel: str = text(limit=32, default="")
    state: str = choice(("granted", "refused", "never"), default="granted")
