"""What somebody said about a purpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.profiles.api import ANALYTICS, MARKETING, PERSONALISATION, consent_key
from clm_plugin.segments.data import Condition, Labels, Need, Part, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import CONSENT as FACET
from clm_plugin.segments.fields import choice, text
from clm_plugin.segments.phrases import ago

_PURPOSES = {
    ANALYTICS: gettext_lazy("statistics"),
    PERSONALISATION: gettext_lazy("personal content"),
    MARKETING: gettext_lazy("marketing"),
}
_CHANNELS = {
    "mail": gettext_lazy("mail"),
    "push": gettext_lazy("push message"),
    "sms": gettext_lazy("text message"),
    "phone": gettext_lazy("phone"),
    "post": gettext_lazy("post"),
}
GRANTED, REFUSED, NEVER = "granted", "refused", "never"


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import Consent

    found: dict[int, dict[tuple[str, str], tuple[bool, datetime]]] = defaultdict(dict)
    rows = Consent.objects.filter(profile__in=ids)
    for pid, purpose, channel, granted, at in rows.values_list(
        "profile", "purpose", "channel", "granted", "changed_at"
    ):
        found[pid][purpose, channel] = (granted, at)
    return found


CONSENTS = Part("consents", _read, {})
"""(purpose, channel) -> (granted, when)."""


@dataclass(frozen=True, kw_only=True)
class HasConsent(Condition):
    """Granted, refused, or never said a word. Marketing is agreed to by channel (mail if none is
    given); a channel's bare name means marketing by it."""

    kind = "consent"
    purpose: str = text(limit=32)
    channel: str = text(limit=16, default="")
    state: str = choice((GRANTED, REFUSED, NEVER), default=GRANTED)

    @property
    def _key(self) -> tuple[str, str]:
        return consent_key(self.purpose, self.channel)

    def q(self, now: datetime) -> Q:
        from clm_plugin.profiles.models import Consent

        purpose, channel = self._key
        said = Consent.objects.filter(purpose=purpose, channel=channel)
        if self.state == NEVER:
            return ~among(said.values("profile"))
        return among(said.filter(granted=self.state == GRANTED).values("profile"))

    def holds(self, subject: Subject, now: datetime) -> bool:
        said = subject.parts["consents"].get(self._key)
        if said is None:
            return self.state == NEVER
        return self.state == (GRANTED if said[0] else REFUSED)

    def sentence(self, labels: Labels) -> str:
        sentences = {
            GRANTED: _("agreed to %(what)s"),
            REFUSED: _("refused %(what)s"),
            NEVER: _("never said whether they agree to %(what)s"),
        }
        purpose, channel = self._key
        what = str(_PURPOSES.get(purpose, purpose))
        if channel:
            by = str(_CHANNELS.get(channel, channel))
            what = _("%(purpose)s by %(channel)s") % {"purpose": what, "channel": by}
        return sentences[self.state] % {"what": what}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        said = subject.parts["consents"].get(self._key)
        if said is None:
            return _("never said")
        text = _("agreed %(ago)s") if said[0] else _("refused %(ago)s")
        return text % {"ago": ago(said[1], now)}

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=CONSENTS),)
