"""Oscar dates some rows by the real clock; in a shop that travels they carry the shop's time.

Without it a refund would be older than the order it belongs to.
"""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save

from demo_shop import clock

DATED = (
    "payment.Transaction",
    "order.PaymentEvent",
    "order.ShippingEvent",
    "order.OrderNote",
    "order.OrderStatusChange",
)


def connect() -> None:
    """Called while apps load, before the plugin listens: it then reads the corrected row."""
    for label in DATED:
        post_save.connect(_date, sender=label, dispatch_uid=f"demo_shop.dating.{label}")


def _date(
    *, sender: type[Model], instance: Any, created: bool, raw: bool = False, **_: Any
) -> None:
    if raw or not created or not clock.offset():
        return
    instance.date_created = clock.now()
    # An update, because on a save of its own the field would take the real time again.
    sender._default_manager.filter(pk=instance.pk).update(date_created=instance.date_created)
