"""The person's country."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.country_names import country_names
from clm_plugin.segments.data import Condition, Labels, Subject
from clm_plugin.segments.facets import PROFILE
from clm_plugin.segments.fields import texts
from clm_plugin.segments.phrases import names_of


@dataclass(frozen=True, kw_only=True)
class Country(Condition):
    """One of the countries: ISO 3166 codes of two capital letters."""

    kind = "country"
    countries: tuple[str, ...] = texts(limit=2, needed=True)

    def q(self, now: datetime) -> Q:
        return Q(country__in=self.countries)

    def holds(self, subject: Subject, now: datetime) -> bool:
        return subject.country in self.countries

    def sentence(self, labels: Labels) -> str:
        return _("live in %(country)s") % {
            "country": names_of(self.countries, country_names(self.countries))
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        own = subject.country
        return country_names([own]).get(own, own) or _("not known")

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({PROFILE})
