"""The channel somebody came by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.data import Condition, Labels, Subject
from clm_plugin.segments.expressions import OnRow, on_facts
from clm_plugin.segments.facets import CHANNEL
from clm_plugin.segments.fields import choice, texts
from clm_plugin.segments.phrases import names_of


@dataclass(frozen=True, kw_only=True)
class Channel(Condition):
    """The channel of the first or the last visit: ``organic-search``, ``email/newsletter``."""

    kind = "channel"
    which: str = choice(("first", "last"), default="last")
    channels: tuple[str, ...] = texts(limit=64, needed=True)

    def q(self, now: datetime) -> OnRow:
        return on_facts(Q(**{f"{self.which}_channel__in": self.channels}))

    def holds(self, subject: Subject, now: datetime) -> bool:
        return self._channel(subject) in self.channels

    def sentence(self, labels: Labels) -> str:
        text = (
            _("first came by %(channel)s")
            if self.which == "first"
            else _("last came by %(channel)s")
        )
        return text % {"channel": names_of(self.channels)}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        return self._channel(subject) or _("not known")

    def _channel(self, subject: Subject) -> str:
        return subject.first_channel if self.which == "first" else subject.last_channel

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({CHANNEL})
