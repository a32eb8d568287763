"""What an author can choose from, read when a form is drawn."""

from __future__ import annotations

from importlib.util import find_spec

from clm_plugin.lifecycle.api import stage_choices as of_model

Choices = list[tuple[str, object]]


def stage_choices() -> Choices:
    """The stages of the model in use."""
    return list(of_model())


def programme_choices() -> Choices:
    """The published programmes by name."""
    if find_spec("clm_plugin.wallet.api") is None:
        return []
    from clm_plugin import clock
    from clm_plugin.wallet import api as wallet

    return [(each.key, each.name) for each in wallet.programmes(clock.now())]


def offer_choices() -> Choices:
    """The published offers by name; one query."""
    from clm_plugin.offers.live import live_offers

    found = live_offers().values()
    return [(offer.key, offer.name) for offer in sorted(found, key=lambda o: o.name.lower())]
