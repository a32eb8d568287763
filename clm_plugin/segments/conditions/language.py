"""The person's language; ``de`` stands for ``de-at`` too."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import texts


@dataclass(frozen=True, kw_only=True)
class Language(Condition):
    """The person's language; ``de`` stands for ``de-at`` too."""

    kind = "language"
    languages: tuple[str, ...] = texts(limit=16, needed=True)
