"""What an author can choose from, read when a form is drawn."""

from __future__ import annotations

from clm_plugin import clock
from clm_plugin.lifecycle.api import stage_choices as of_model
from clm_plugin.wallet import api as wallet

Choices = list[tuple[str, object]]


def stage_choices() -> Choices:
    """The stages of the model in use."""
    return list(of_model())


def programme_choices() -> Choices:
    """The programmes that somebody can earn of now, by name."""
    return [(each.key, each.name) for each in wallet.programmes(clock.now())]


def offer_choices() -> Choices:
    """The published offers by name; one query."""
    from clm_plugin.offers.live import live_offers

    found = live_offers().values()
    return [(offer.key, offer.name) for offer in sorted(found, key=lambda o: o.name.lower())]
