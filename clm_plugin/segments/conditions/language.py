"""The person's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from clm_plugin.segments.ascii import ascii_lower
from clm_plugin.segments.data import Condition, Labels, Subject
from clm_plugin.segments.expressions import AsciiLower
from clm_plugin.segments.facets import PROFILE
from clm_plugin.segments.fields import texts
from clm_plugin.segments.phrases import names_of


@dataclass(frozen=True, kw_only=True)
class Language(Condition):
    """One of the languages; ``de`` stands for ``de-AT`` too, capitals do not matter."""

    kind = "language"
    languages: tuple[str, ...] = texts(limit=16, needed=True)

    def q(self, now: datetime) -> Q:
        own, q = AsciiLower(F("language")), Q()
        for language in self._wanted:
            start = Substr(own, 1, len(language) + 1)
            q |= Q(Exact(own, _text(language))) | Q(Exact(start, _text(f"{language}-")))
        return q

    def holds(self, subject: Subject, now: datetime) -> bool:
        own = ascii_lower(subject.language)
        return any(own == one or own.startswith(f"{one}-") for one in self._wanted)

    def sentence(self, labels: Labels) -> str:
        return _("speak %(language)s") % {
            "language": names_of(self.languages, _names(self.languages))
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        return subject.language or _("not known")

    @property
    def _wanted(self) -> list[str]:
        return [ascii_lower(language) for language in self.languages]

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({PROFILE})


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())


def _names(codes: tuple[str, ...]) -> dict[str, str]:
    """The languages that Django knows, by their names in the language in use."""
    found = {}
    for code in codes:
        try:
            found[code] = str(get_language_info(code.lower())["name_translated"])
        except KeyError:
            continue
    return found
