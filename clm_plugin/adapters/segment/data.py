"""What crosses between the parts of this adapter; no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

SERVER, BROWSER = "server", "browser"
CUSTOMER, EXTERNAL = "customer", "external"

MAX_BATCH = 500 * 1024
"""Bytes of one request's body, after decompression."""
MAX_MESSAGE = 32 * 1024
"""Bytes of one message as compact JSON in UTF-8."""
MAX_MESSAGES = 2_500
"""Messages in one batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends, as its write key says. ``trusted``: its word may name a person."""

    key_id: int
    source: str
    trusted: bool
    ids_are: str = EXTERNAL
    origins: tuple[str, ...] = ()
    shop_tells_baskets: bool = False
    """The user ids are this shop's, and so are the baskets: its own signals tell them."""
    shop_tells_refunds: bool = False

    @property
    def namespace(self) -> str:
        """Where this key's message ids are unique."""
        return f"segment:{self.key_id}"

    @property
    def is_shop(self) -> bool:
        """Whether orders and people have this shop's own ids."""
        return self.trusted and self.ids_are == CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the request tells about all its messages."""

    received_at: datetime
    sent_at: object = None
    refuses: bool = False
    """The browser sent Global Privacy Control, and the shop honours it."""
    must_agree: bool = False
    """The shop stores nothing about a visitor before she agreed."""
    currency: str = "GBP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A message in the words of our catalogue; ``record`` is the shop's own id of what it is about.

    A record counts once whoever tells it, and is kept whatever was agreed to: an order is no
    browsing.
    """

    type: str
    payload: Json
    object_id: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A change of a basket, or (``whole``) its contents.

    ``lines``: product -> (quantity, minor units each, category).
    """

    cart_id: str
    lines: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    whole: bool = False
    currency: str = ""
    silent: bool = False
    """Another event tells it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The parts of a message that any mapping may need, already of the right kind."""

    sender: Sender
    message: dict[str, Any]
    properties: dict[str, Any]
    currency: str
    actor: str
