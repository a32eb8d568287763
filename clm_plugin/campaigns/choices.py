"""What an author can choose from, read when a form is drawn."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "product.viewed": _("Views a product"),
    "search.made": _("Searches"),
    "basket.changed": _("Changes the basket"),
    "checkout.started": _("Starts the checkout"),
    "order.placed": _("Places an order"),
    "order.refunded": _("Gets a refund"),
    "review.added": _("Writes a review"),
    "wishlist.changed": _("Changes the wish list"),
    "customer.registered": _("Creates an account"),
    "survey.answered": _("Answers a survey"),
    "life_event.declared": _("Tells of a life event"),
    "credit.granted": _("Is granted store credit"),
    "credit.opened": _("Can spend store credit from now on"),
    "credit.expired": _("Loses store credit that expired"),
    "credit.spent": _("Spends store credit"),
    "credit.restored": _("Gets store credit back"),
    "offer.granted": _("Is given an offer"),
    "offer.redeemed": _("Uses an offer"),
    "referral.converted": _("Brings a friend who orders"),
    "custom.tracked": _("Does something under the shop's own name"),
}
"""Events that may start a campaign; a page view is none: there are many, and they mean little."""


def event_choices() -> list[tuple[str, object]]:
    return list(EVENTS.items())


def stage_choices() -> list[tuple[str, object]]:
    """The stages of the model in use, in the active language."""
    from clm_plugin.lifecycle.api import stage_choices as of_model

    return list(of_model())


def segment_choices() -> list[tuple[str, object]]:
    """The published segments by name."""
    from clm_plugin.segments.api import segment_names

    return _by_name(segment_names())


def survey_choices() -> list[tuple[str, object]]:
    """The published surveys by name."""
    from clm_plugin.surveys.api import survey_names

    return _by_name(survey_names())


def offer_choices() -> list[tuple[str, object]]:
    """The published offers by name."""
    from clm_plugin.offers.api import offer_choices as of_library

    return of_library()


def _by_name(names: dict[str, str]) -> list[tuple[str, object]]:
    return [(key, names[key]) for key in sorted(names, key=lambda key: names[key].lower())]
