"""Recipes: ready-made drafts of campaigns.

``clm_install`` publishes the three of the first day, and the reminders of store credit and of
offers, which wait for some to be given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clm_plugin.campaigns.authoring import Campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a campaign starts from; stream values are (block type, value) pairs."""

    key: str
    name: str
    trigger: tuple[str, dict[str, Any]]
    steps: tuple[tuple[str, dict[str, Any]], ...]
    fields: dict[str, Any] = field(default_factory=dict)


def first_day() -> tuple[Recipe, ...]:
    """Abandoned basket (T8), leaving with an empty basket (T4), often bought together (T5)."""
    return (
        Recipe(
            key="basket-reminder",
            name=_("Basket left behind"),
            trigger=("basket_idle", {"idle_minutes": 30}),
            steps=(
                (
                    "mail",
                    {
                        "subject": _("You left something in your basket"),
                        "preheader": _("It is still there, and one click brings it back."),
                        "heading": _("Still thinking it over?"),
                        "body": _(
                            "<p>We kept your basket for you. Prices and stock can change, so have"
                            " another look while everything is here.</p>"
                        ),
                        "button": _("Back to my basket"),
                        "show_basket": True,
                    },
                ),
            ),
            fields={"bought_within_days": 4, "priority": 80},
        ),
        Recipe(
            key="leaving-empty",
            name=_("Leaving with an empty basket"),
            trigger=("exit_signal", {"min_product_views": 3, "empty_basket": True}),
            steps=(
                (
                    "popup",
                    {
                        "heading": _("Not quite what you were looking for?"),
                        "body": _(
                            "<p>Have a look at what other people love at the moment, or come back"
                            " later: what you viewed will be waiting.</p>"
                        ),
                        "button": _("Show me more"),
                        "link": "/",
                    },
                ),
            ),
            fields={"priority": 60},
        ),
        Recipe(
            key="bought-together",
            name=_("Often bought together"),
            trigger=("slot", {"slot": "product-bundle"}),
            steps=(("bundle", {"heading": _("Often bought together"), "max_items": 2}),),
            fields={"priority": 50, "repeat_days": 0},
        ),
    )


def credit_reminders() -> tuple[Recipe, ...]:
    """A week and a day before store credit expires (T12)."""
    return (
        Recipe(
            key="credit-expires-7",
            name=_("Store credit expires in a week"),
            trigger=("credit_expiring", {"days_left": "7"}),
            steps=(
                (
                    "mail",
                    {
                        "subject": _("{{ credit_amount }} to spend until {{ credit_until }}"),
                        "preheader": _("Your {{ credit_name }} is good for another week."),
                        "heading": _("You have {{ credit_amount }} left to spend"),
                        "body": _(
                            "<p>Hello {{ first_name|there }},</p><p>your {{ credit_name }} of"
                            " <b>{{ credit_amount }}</b> is good until <b>{{ credit_until }}</b>."
                            " It pays for your next order: choose it in the basket or at the"
                            " payment.</p>"
                        ),
                        "button": _("Spend it now"),
                        "link": "/catalogue/",
                        "show_basket": False,
                    },
                ),
            ),
            fields={"priority": 70, "repeat_days": 5, "send_by_hours": 48},
        ),
        Recipe(
            key="credit-expires-1",
            name=_("Store credit expires tomorrow"),
            trigger=("credit_expiring", {"days_left": "1"}),
            steps=(
                (
                    "mail",
                    {
                        "subject": _("Last chance: {{ credit_amount }} for your order"),
                        "preheader": _("Good until {{ credit_until }}, then it is gone."),
                        "heading": _("{{ credit_amount }}, good until {{ credit_until }}"),
                        "body": _(
                            "<p>Hello {{ first_name|there }},</p><p>this is the last reminder: your"
                            " {{ credit_name }} of <b>{{ credit_amount }}</b> expires at midnight"
                            " at the end of <b>{{ credit_until }}</b>.</p>"
                        ),
                        "button": _("Spend it now"),
                        "link": "/catalogue/",
                        "show_basket": False,
                    },
                ),
            ),
            fields={"priority": 75, "repeat_days": 1, "send_by_hours": 20},
        ),
    )


def offer_reminders() -> tuple[Recipe, ...]:
    """A week and a day before an offer ends that somebody was given and has not used."""
    return (
        Recipe(
            key="offer-ends-7",
            name=_("An offer ends in a week"),
            trigger=("offer_expiring", {"days_left": "7"}),
            steps=(
                (
                    "mail",
                    {
                        "subject": _("Yours for another week: {{ offer_title }}"),
                        "preheader": _("Good {{ offer_until }}."),
                        "heading": _("{{ offer_title }} is waiting for you"),
                        "body": _(
                            "<p>Hello {{ first_name|there }},</p><p>you have not used"
                            " <b>{{ offer_title }}</b> yet. It is good"
                            " <b>{{ offer_until }}</b>.</p>"
                        ),
                        "button": _("To the shop"),
                        "link": "/",
                        "show_basket": False,
                    },
                ),
            ),
            fields={"priority": 65, "repeat_days": 5, "send_by_hours": 48},
        ),
        Recipe(
            key="offer-ends-1",
            name=_("An offer ends tomorrow"),
            trigger=("offer_expiring", {"days_left": "1"}),
            steps=(
                (
                    "mail",
                    {
                        "subject": _("Last chance: {{ offer_title }}"),
                        "preheader": _("Good {{ offer_until }}, then it is gone."),
                        "heading": _("{{ offer_title }} ends soon"),
                        "body": _(
                            "<p>Hello {{ first_name|there }},</p><p>this is the last reminder:"
                            " <b>{{ offer_title }}</b> is good <b>{{ offer_until }}</b>.</p>"
                        ),
                        "button": _("To the shop"),
                        "link": "/",
                        "show_basket": False,
                    },
                ),
            ),
            fields={"priority": 70, "repeat_days": 1, "send_by_hours": 20},
        ),
    )


def install(recipe: Recipe, *, publish: bool) -> Campaign | None:
    """Make a campaign of a recipe; None when one with its key is there already."""
    if Campaign.objects.filter(key=recipe.key).exists():
        return None
    campaign = Campaign(key=recipe.key, name=recipe.name, live=False, **recipe.fields)
    campaign.trigger = [recipe.trigger]
    campaign.steps = list(recipe.steps)
    campaign.full_clean()
    campaign.save()
    revision = campaign.save_revision()
    if publish:
        revision.publish()
    return campaign
