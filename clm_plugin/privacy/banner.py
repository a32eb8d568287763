"""The words of the consent banner, and the hash that an answer to them is proven by."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All that the banner says, in the language that is active."""

    heading: str
    text: str
    analytics: str
    analytics_hint: str
    personalisation: str
    personalisation_hint: str
    accept: str
    refuse: str
    choose: str
    save: str

    @property
    def whole(self) -> str:
        return "\n".join(astuple(self))

    @property
    def hash(self) -> str:
        return hash_of(self.whole, get_language() or "")


def hash_of(text: str, language: str) -> str:
    """The hash under which a text in a language is kept."""
    return hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()


def words(*, required: bool, heading: str = "", text: str = "") -> Words:
    """The banner's words; ``required``: nothing happens before a yes, so it asks and does not
    tell. ``heading`` and ``text`` are the shop's own."""
    asks = _(
        "With your leave we look at how the shop is used and show what fits you. Nothing is stored"
        " before you say yes."
    )
    tells = _(
        "We look at how the shop is used and show what fits you. Say no and we stop; the shop works"
        " the same."
    )
    return Words(
        heading=heading or _("Your privacy here"),
        text=text or (asks if required else tells),
        analytics=_("Measure"),
        analytics_hint=_("Which pages are visited and what sells, to make the shop better."),
        personalisation=_("Show what fits me"),
        personalisation_hint=_("Offers and suggestions from what you looked at; needs measuring."),
        accept=_("Accept all"),
        refuse=_("Refuse all"),
        choose=_("Let me choose"),
        save=_("Save my choice"),
    )
