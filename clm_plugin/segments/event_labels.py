"""What the types of events are called in sentences and choices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_LABELS = {
    "page.viewed": _("Page viewed"),
    "product.viewed": _("Product viewed"),
    "search.made": _("Search made"),
    "page.read": _("Page read"),
    "exit.signalled": _("About to leave"),
    "widget.shown": _("Widget shown"),
    "widget.clicked": _("Widget clicked"),
    "widget.dismissed": _("Widget dismissed"),
    "basket.changed": _("Basket changed"),
    "basket.merged": _("Basket merged"),
    "voucher.applied": _("Voucher applied"),
    "voucher.removed": _("Voucher removed"),
    "checkout.started": _("Checkout started"),
    "payment.reached": _("Payment reached"),
    "order.placed": _("Order placed"),
    "order.status_changed": _("Order status changed"),
    "order.line_status_changed": _("Order line status changed"),
    "order.cancelled": _("Order cancelled"),
    "order.refunded": _("Order refunded"),
    "customer.registered": _("Account opened"),
    "customer.logged_in": _("Logged in"),
    "customer.logged_out": _("Logged out"),
    "review.added": _("Review written"),
    "wishlist.changed": _("Wish list changed"),
    "stock.changed": _("Stock changed"),
    "price.changed": _("Price changed"),
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "mail.clicked": _("Mail clicked"),
    "profile.identified": _("Details given"),
    "group.identified": _("Joined a group"),
    "screen.viewed": _("Screen viewed"),
    "list.viewed": _("List viewed"),
    "custom.tracked": _("Custom event"),
    "survey.answered": _("Survey answered"),
    "life_event.declared": _("Life event declared"),
    "life_event.withdrawn": _("Life event withdrawn"),
}


def label_of(type_: str) -> str:
    """The label of a type; of one without a label, the type itself. Translated."""
    return str(_LABELS.get(type_, type_))
