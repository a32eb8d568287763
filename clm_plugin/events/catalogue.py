"""The catalogue: every type of event the plugin knows, each with its versioned payload class.

A payload class is a frozen dataclass of plain fields; ``checking`` turns untrusted data into its
dictionary. A new version gets a new number and stays readable: ``version`` is stored with each
event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

TYPES: dict[str, type[Payload]] = {}


@dataclass(frozen=True, kw_only=True)
class Payload:
    """Base of all payload classes; registers each under its ``type``."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    public: ClassVar[bool] = False
    """May come from a browser."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        TYPES[cls.type] = cls


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
class BasketChanged(Payload):
    """The basket as it is now: parallel tuples, a line each."""

    type = "basket.changed"
    basket_id: str
    product_ids: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    total_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class BasketMerged(Payload):
    type = "basket.merged"
    basket_id: str
    into: str


@dataclass(frozen=True, kw_only=True)
class VoucherApplied(Payload):
    type = "voucher.applied"
    basket_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class VoucherRemoved(Payload):
    type = "voucher.removed"
    basket_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class CheckoutStarted(Payload):
    type = "checkout.started"
    basket_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentReached(Payload):
    type = "payment.reached"
    basket_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Payload):
    """Line data are parallel tuples; ``costs_minor`` is -1 where the shop knows no cost."""

    type = "order.placed"
    order_id: str
    basket_id: str = ""
    email: str = ""
    first_name: str = ""
    country: str = ""
    currency: str
    total_minor: int
    product_ids: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    totals_minor: tuple[int, ...] = ()
    costs_minor: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrderStatusChanged(Payload):
    type = "order.status_changed"
    order_id: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderLineStatusChanged(Payload):
    type = "order.line_status_changed"
    order_id: str
    product_id: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Payload):
    type = "order.cancelled"
    order_id: str


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Payload):
    type = "order.refunded"
    order_id: str
    refund_id: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(Payload):
    type = "customer.registered"
    email: str = ""
    first_name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerLoggedIn(Payload):
    type = "customer.logged_in"
    email: str = ""
    first_name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerLoggedOut(Payload):
    type = "customer.logged_out"


@dataclass(frozen=True, kw_only=True)
class ReviewAdded(Payload):
    type = "review.added"
    product_id: str
    score: int = 0


@dataclass(frozen=True, kw_only=True)
class WishListChanged(Payload):
    type = "wishlist.changed"
    product_id: str
    added: bool = True


@dataclass(frozen=True, kw_only=True)
class StockChanged(Payload):
    type = "stock.changed"
    product_id: str
    stock: int = 0


@dataclass(frozen=True, kw_only=True)
class PriceChanged(Payload):
    type = "price.changed"
    product_id: str
    price_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Payload):
    """``purposes``: analytics, personalisation, marketing (by ``channel``), or a channel's bare
    name for marketing by it. ``place`` is where it was asked; ``proof`` what was shown."""

    type = "consent.given"
    purposes: tuple[str, ...] = ()
    text_version: str = ""
    channel: str = ""
    place: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Payload):
    type = "consent.withdrawn"
    purposes: tuple[str, ...] = ()
    text_version: str = ""
    channel: str = ""
    place: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MailClicked(Payload):
    """A click in a mail that a person's browser confirmed (scanners run no script)."""

    type = "mail.clicked"
    click: str


@dataclass(frozen=True, kw_only=True)
class ProfileIdentified(Payload):
    """A trusted source names traits of a person: built-in ones and those the shop declared."""

    type = "profile.identified"
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ContactVerified(Payload):
    """The shop saw proof that an address or a number is the actor's own (a link or code came back).

    The proof joins what is known under them to her: other devices, and orders as a guest.
    """

    type = "contact.verified"
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupIdentified(Payload):
    """A person belongs to a company, household or club."""

    type = "group.identified"
    group_id: str
    traits: Mapping[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Payload):
    """``answer`` is text; ``score`` is the number of an NPS or star question, -1 without one."""

    type = "survey.answered"
    survey: str
    question: str = ""
    answer: str = ""
    score: int = -1


@dataclass(frozen=True, kw_only=True)
class LifeEventDeclared(Payload):
    """``date`` is ISO 8601 (``2026-05-01``), or empty when only the fact is known."""

    type = "life_event.declared"
    kind: str
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class LifeEventWithdrawn(Payload):
    type = "life_event.withdrawn"
    kind: str


@dataclass(frozen=True, kw_only=True)
class HistorySummed(Payload):
    """What is left of an actor's events that retention took out of the log: their sum.

    ``counts`` by fact; ``products`` by id, each its views and last time; ``categories`` by id,
    views; ``channels``, the first and the last; ``basket``, the latest state; ``traits``, what
    logins told of her.
    """

    type = "history.summed"
    first_seen: str = ""
    counts: Mapping[str, Any] = field(default_factory=dict)
    products: Mapping[str, Any] = field(default_factory=dict)
    categories: Mapping[str, Any] = field(default_factory=dict)
    channels: Mapping[str, Any] = field(default_factory=dict)
    basket: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
