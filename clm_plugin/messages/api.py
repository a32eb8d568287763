"""The door of mail."""

from clm_plugin.messages.answering import preview_answer
from clm_plugin.messages.data import ConfirmedClick, DeliveryInfo, SendReport
from clm_plugin.messages.holding import (
    addresses_of,
    held_since,
    hold_sends,
    release_sends,
    waiting_mails,
)
from clm_plugin.messages.operations import confirm_clicks, deliver, give_back, move, suppress
from clm_plugin.messages.preview import preview
from clm_plugin.messages.queries import (
    counts_by_campaign,
    deliveries_of,
    is_suppressed,
    next_due,
)
from clm_plugin.messages.rules import UNSUBSCRIBED
from clm_plugin.messages.sending import recover, send_due
from clm_plugin.messages.site import sender

__all__ = [
    "UNSUBSCRIBED",
    "ConfirmedClick",
    "DeliveryInfo",
    "SendReport",
    "addresses_of",
    "confirm_clicks",
    "counts_by_campaign",
    "deliver",
    "deliveries_of",
    "give_back",
    "held_since",
    "hold_sends",
    "is_suppressed",
    "move",
    "next_due",
    "preview",
    "preview_answer",
    "recover",
    "release_sends",
    "send_due",
    "sender",
    "suppress",
    "waiting_mails",
]
