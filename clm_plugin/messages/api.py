"""The door of mail."""

from clm_plugin.messages.data import ConfirmedClick, DeliveryInfo, SendReport
from clm_plugin.messages.operations import confirm_clicks, deliver, move, suppress
from clm_plugin.messages.preview import preview
from clm_plugin.messages.queries import (
    counts_by_campaign,
    deliveries_of,
    is_suppressed,
    next_due,
)
from clm_plugin.messages.sending import recover, send_due
from clm_plugin.messages.site import sender

__all__ = [
    "ConfirmedClick",
    "DeliveryInfo",
    "SendReport",
    "confirm_clicks",
    "counts_by_campaign",
    "deliver",
    "deliveries_of",
    "is_suppressed",
    "move",
    "next_due",
    "preview",
    "recover",
    "send_due",
    "sender",
    "suppress",
]
