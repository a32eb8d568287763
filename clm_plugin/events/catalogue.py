"""The catalogue: every type of event the plugin knows, each with its versioned payload class.

A payload class is a frozen dataclass of plain fields; ``checking`` turns untrusted data into its
dictionary. A new version gets a new number and stays readable: ``version`` is stored with each
event.

The classes stand by what they are about: browsing, trade, people, credit, offers.
"""

from clm_plugin.events import (
    browsing_events,
    credit_events,
    offer_events,
    people_events,
    trade_events,
)
from clm_plugin.events.payload import TYPES, Payload

__all__ = [
    "TYPES",
    "Payload",
    "browsing_events",
    "credit_events",
    "offer_events",
    "people_events",
    "trade_events",
]
