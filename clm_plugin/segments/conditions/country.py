"""The person's country, ISO 3166 codes of two letters."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import texts


@dataclass(frozen=True, kw_only=True)
class Country(Condition):
    """The person's country, ISO 3166 codes of two letters."""

    kind = "country"
    countries: tuple[str, ...] = texts(limit=2, needed=True)
