"""The demo's own store currency: ten pounds back for every full fifty, as many shops do it."""

from __future__ import annotations

from decimal import Decimal

from clm_plugin.api import install_programme

KEY = "harbour-credit"


def load_programme() -> bool:
    """Publish "Harbour credit"; False when it is there already.

    Ten for every full fifty of one order, pending for the fortnight in which things can be
    returned, then good for thirty days; gift wrap and cards, shipping and what is reduced already
    neither earn nor can be paid with it. A birthday is worth five, an account five with its first
    order.
    """
    made = install_programme(
        key=KEY,
        name="Harbour credit",
        description=(
            "£10 back for every full £50 of one order. It opens after 14 days and is good for 30."
        ),
        currency="GBP",
        earn=[
            ("per_full", {"amount": Decimal(10), "per": Decimal(50)}),
            ("event", _event("customer.registered", waits_for_order=True)),
            ("event", _event("life_event.declared", life_event="birthday", once="year")),
        ],
        earn_exclusions=[("gift_cards", None), ("discounted", None), ("shipping", None)],
        spend_exclusions=[("gift_cards", None), ("discounted", None), ("shipping", None)],
        pending_days=14,
        expiry_kind="days",
        expiry_days=30,
        cap_order=Decimal(100),
        cap_period=Decimal(300),
        cap_period_days=365,
        refund_policy="debt",
        grace_days=14,
    )
    return made is not None


def _event(event: str, **changes: object) -> dict[str, object]:
    return {
        "event": event,
        "life_event": "",
        "survey": "",
        "amount": Decimal(5),
        "once": "ever",
        "waits_for_order": False,
        **changes,
    }
