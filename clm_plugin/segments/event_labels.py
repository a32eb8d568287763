"""What the types of events are called: in what can be chosen, and in sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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
    (_("Store credit"), (
        ("credit.granted", _("Was granted store credit")),
        ("credit.opened", _("Had store credit open for spending")),
        ("credit.expiring", _("Had store credit that would expire soon")),
        ("credit.expired", _("Lost store credit that expired")),
        ("credit.spent", _("Spent store credit")),
        ("credit.restored", _("Got store credit back")),
        ("credit.clawed_back", _("Had store credit taken back")),
        ("referral.converted", _("Brought a friend who ordered")),
    )),
    (_("Offers"), (
        ("offer.granted", _("Was given an offer")),
        ("offer.expiring", _("Had an offer that would end soon")),
        ("offer.redeemed", _("Used an offer")),
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
"""What can be chosen, in groups."""
_LABELS = {key: label for _group, events in EVENTS for key, label in events} | {
    "basket.merged": _("Basket merged"),
    "order.line_status_changed": _("Order line status changed"),
    "stock.changed": _("Stock changed"),
    "price.changed": _("Price changed"),
}


def label_of(type_: str) -> str:
    """The label of a type; of one without a label, the type itself. Translated."""
    return str(_LABELS.get(type_, type_))
