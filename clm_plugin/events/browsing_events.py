"""What somebody looks at: pages, products, lists, widgets, and what a front end calls its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clm_plugin.events.payload import Payload


@dataclass(frozen=True, kw_only=True)
class PageViewed(Payload):
    type = "page.viewed"
    public = True
    path: str
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    click: str = ""
    session: bool = False


@dataclass(frozen=True, kw_only=True)
class ProductViewed(Payload):
    type = "product.viewed"
    public = True
    product_id: str
    category_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SearchMade(Payload):
    type = "search.made"
    public = True
    query: str


@dataclass(frozen=True, kw_only=True)
class PageRead(Payload):
    """How long a page was visible and how far it was scrolled."""

    type = "page.read"
    public = True
    path: str
    seconds: int = 0
    scroll: int = 0


@dataclass(frozen=True, kw_only=True)
class ExitSignalled(Payload):
    type = "exit.signalled"
    public = True
    signal: str
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class WidgetShown(Payload):
    type = "widget.shown"
    public = True
    receipt: str


@dataclass(frozen=True, kw_only=True)
class WidgetClicked(Payload):
    type = "widget.clicked"
    public = True
    receipt: str
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class WidgetDismissed(Payload):
    type = "widget.dismissed"
    public = True
    receipt: str


@dataclass(frozen=True, kw_only=True)
class MailClicked(Payload):
    """A click in a mail that a person's browser confirmed (scanners run no script)."""

    type = "mail.clicked"
    click: str


@dataclass(frozen=True, kw_only=True)
class ScreenViewed(Payload):
    type = "screen.viewed"
    public = True
    name: str


@dataclass(frozen=True, kw_only=True)
class ListViewed(Payload):
    """A list of products: a category page, a search result, a campaign's landing page."""

    type = "list.viewed"
    public = True
    list_id: str = ""
    category_id: str = ""
    product_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tracked(Payload):
    """An action under the shop's own name, such as ``Video Played``."""

    type = "custom.tracked"
    public = True
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
