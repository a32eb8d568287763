"""Oscar's signals, and the saves it sends none for, as events of the plugin.

One line here is one connection. What is seen and what is not, is said where it is received.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import signals as auth
from django.db.models import signals as models
from oscar.apps.basket.signals import basket_addition, voucher_addition, voucher_removal
from oscar.apps.catalogue.reviews.signals import review_added
from oscar.apps.catalogue.signals import product_viewed
from oscar.apps.checkout.signals import post_payment, pre_payment, start_checkout
from oscar.apps.customer.signals import user_logged_in, user_registered
from oscar.apps.order.signals import (
    order_line_status_changed,
    order_placed,
    order_status_changed,
)
from oscar.apps.search.signals import user_search
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import offers_receivers
from clm_plugin.adapters.oscar.receivers import accounts, baskets, browsing, orders, stock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.dispatch import Signal

CONNECTIONS: tuple[tuple[Signal, Any, str], ...] = (
    (product_viewed, browsing.product_viewed, ""),
    (user_search, browsing.user_search, ""),
    (review_added, browsing.review_added, ""),
    (models.post_save, browsing.wish_list_line_saved, "wishlists.Line"),
    (models.post_delete, browsing.wish_list_line_deleted, "wishlists.Line"),
    (basket_addition, baskets.basket_addition, ""),
    (models.post_save, baskets.line_saved, "basket.Line"),
    (models.post_delete, baskets.line_deleted, "basket.Line"),
    (models.post_save, baskets.basket_saved, "basket.Basket"),
    (voucher_addition, baskets.voucher_addition, ""),
    (voucher_removal, baskets.voucher_removal, ""),
    (start_checkout, orders.start_checkout, ""),
    (pre_payment, orders.payment_reached, ""),
    (post_payment, orders.payment_reached, ""),
    (order_placed, orders.order_placed, ""),
    (order_status_changed, orders.order_status_changed, ""),
    (order_status_changed, offers_receivers.order_status_changed, ""),
    (order_line_status_changed, orders.order_line_status_changed, ""),
    (models.post_save, orders.transaction_saved, "payment.Transaction"),
    (user_registered, accounts.user_registered, ""),
    (user_logged_in, accounts.user_logged_in, ""),
    (auth.user_logged_in, accounts.user_logged_in, ""),
    (auth.user_logged_out, accounts.user_logged_out, ""),
    (models.pre_save, stock.stock_record_saving, "partner.StockRecord"),
    (models.post_save, stock.stock_record_saved, "partner.StockRecord"),
)
"""Signal, receiver, and the model that sends it ("" for any sender)."""


def connect() -> None:
    """Connect all receivers; a second call changes nothing."""
    for signal, receiver, model, uid in _connections():
        signal.connect(receiver, sender=model, dispatch_uid=uid)


def disconnect() -> None:
    """Take all receivers off, for tests and for a shop that must be silent for a while."""
    for signal, _receiver, model, uid in _connections():
        signal.disconnect(sender=model, dispatch_uid=uid)


def _connections() -> Iterator[tuple[Signal, Any, Any, str]]:
    for number, (signal, receiver, label) in enumerate(CONNECTIONS):
        model = _model(label) if label else None
        if model is not None or not label:
            yield signal, receiver, model, f"clm.oscar.{number}.{receiver.__name__}"


def _model(label: str) -> Any:
    """The project's model, or None where it left that app of Oscar's out."""
    try:
        return get_model(*label.split("."))
    except LookupError:
        return None
