"""What can be chosen in the blocks, with names for people. Read when a form is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clm_plugin.lifecycle.api import stage_choices
from clm_plugin.profiles.api import ANALYTICS, CHANNELS, MARKETING, PERSONALISATION
from clm_plugin.segments import rfm_rules

if TYPE_CHECKING:
    from collections.abc import Callable

sources: dict[str, Callable[[], list[tuple[str, Any]]]] = {}
"""Lists that floors above or beside know: ``traits``, ``trait_kinds``, ``life_events``,
``surveys``. Filled at start-up."""

EVENTS = (
    (_("Browsing"), (
        ("page.viewed", _("Viewed a page")),
        ("product.viewed", _("Viewed a product")),
        ("list.viewed", _("Viewed a list of products")),
        ("search.made", _("Searched")),
        ("page.read", _("Read a page")),
        ("exit.signalled", _("Was about to leave")),
        ("screen.viewed", _("Viewed a screen of the app")),
    )),
    (_("Basket and checkout"), (
        ("basket.changed", _("Changed the basket")),
        ("wishlist.changed", _("Changed the wish list")),
        ("voucher.applied", _("Used a voucher")),
        ("voucher.removed", _("Took a voucher off")),
        ("checkout.started", _("Started the checkout")),
        ("payment.reached", _("Reached the payment")),
    )),
    (_("Orders"), (
        ("order.placed", _("Placed an order")),
        ("order.cancelled", _("Cancelled an order")),
        ("order.refunded", _("Got a refund")),
        ("order.status_changed", _("Had an order change its status")),
        ("review.added", _("Wrote a review")),
    )),
    (_("Account and consent"), (
        ("customer.registered", _("Created an account")),
        ("customer.logged_in", _("Logged in")),
        ("customer.logged_out", _("Logged out")),
        ("consent.given", _("Gave a consent")),
        ("consent.withdrawn", _("Withdrew a consent")),
        ("profile.identified", _("Was identified by another system")),
        ("group.identified", _("Joined a group or company")),
    )),
    (_("Campaigns"), (
        ("mail.clicked", _("Clicked in a mail")),
        ("widget.shown", _("Saw a widget")),
        ("widget.clicked", _("Clicked a widget")),
        ("widget.dismissed", _("Closed a widget")),
    )),
    (_("Feedback and life"), (
        ("survey.answered", _("Answered a survey")),
        ("life_event.declared", _("Told of a life event")),
        ("life_event.withdrawn", _("Took a life event back")),
    )),
    (_("The shop's own"), (("custom.tracked", _("An action under the shop's own name")),)),
)  # fmt: skip
EVENT_LABELS = {key: label for _group, events in EVENTS for key, label in events}


def stages() -> list[tuple[str, Any]]:
    """The stages of the model in use."""
    return list(stage_choices())


def events() -> list[tuple[Any, Any]]:
    return [(group, list(events)) for group, events in EVENTS]


def rfm_names() -> list[tuple[str, Any]]:
    from django.utils.translation import gettext

    return [(key, gettext(label)) for key, label in rfm_rules.NAMES.items()]


def consents() -> list[tuple[str, Any]]:
    """Purposes, and marketing by channel: ``marketing:mail``."""
    channels = {
        "mail": _("Marketing by e-mail"),
        "push": _("Marketing by push message"),
        "sms": _("Marketing by text message"),
        "phone": _("Marketing by phone"),
        "post": _("Marketing by post"),
    }
    return [
        (ANALYTICS, _("Analytics")),
        (PERSONALISATION, _("Personalisation")),
        *((f"{MARKETING}:{key}", channels.get(key, key)) for key in CHANNELS),
    ]


def traits() -> list[tuple[str, Any]]:
    return _from("traits")


def trait_kind(key: str) -> str:
    """``text``, ``number``, ``boolean``, ``date`` or ``choice``; text for one we do not know."""
    return str(dict(_from("trait_kinds")).get(key, "text"))


def life_events() -> list[tuple[str, Any]]:
    return _from("life_events")


def surveys() -> list[tuple[str, Any]]:
    return _from("surveys")


def _from(name: str) -> list[tuple[str, Any]]:
    return sources[name]() if name in sources else []
