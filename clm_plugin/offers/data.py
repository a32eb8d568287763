"""What crosses the door of offers: frozen, free of Django. Amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from clm_plugin.offers.plan import Offer

CodeState = Literal["free", "reserved", "used", "revoked", "expired"]
Source = Literal["campaign", "manual", "import", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferGrant:
    """An offer given to one person. ``repeated``: the key was known, and nothing new was made.

    ``entitles_until`` is set for a pass or membership; ``accepted_at`` once she took it up.
    """

    id: int
    offer: str
    profile_id: int
    granted_at: datetime
    expires_at: datetime | None
    reason: str
    source: str
    accepted_at: datetime | None = None
    entitles: str = ""
    entitles_until: datetime | None = None
    revoked_at: datetime | None = None
    repeated: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used, as far as the grant itself goes."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of typing a code.

    ``reason``: "" when it can be used; ``refused`` for every wrong guess (unknown, somebody
    else's, expired, revoked, too many tries), ``in_use`` (reserved by another order), ``used``.
    ``text`` is for the shopper. ``code`` is the code as it is stored, a public one as it was
    written; "" when refused.
    """

    ok: bool
    text: str
    reason: str = ""
    code: str = ""
    offer: Offer | None = None
    grant_id: int | None = None
    is_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One offer in an order: by its code, by a grant, or by itself (neither).

    ``discount_minor`` is what it takes off; it is held against the offer's budget.
    """

    offer: str = ""
    code: str = ""
    grant_id: int | None = None
    discount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A use that is held for an order, or (``confirmed``) made. ``repeated``: it was so before."""

    id: int
    offer: str
    order_id: str
    state: Literal["reserved", "confirmed", "freed"]
    until: datetime
    code: str = ""
    discount_minor: int = 0
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What became of an order's reservations. ``lost``: ran out meanwhile, and somebody else has
    the code or the last place now."""

    confirmed: tuple[Reserved, ...] = ()
    lost: tuple[Reserved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """An offer that somebody can use now. ``code`` is "" where none was made (yet)."""

    offer: Offer
    grant: OfferGrant | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlements:
    """What somebody is entitled to: until when, or None."""

    free_shipping_until: datetime | None = None
    membership_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """What conditions ask of a person; None stands for what the shop does not know of a guest."""

    profile_id: int | None = None
    stage: str = ""
    segments: frozenset[str] = frozenset()
    orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """A line as the shopper pays it, before our offers: ``total_minor`` for all its units."""

    id: str
    product_id: str
    total_minor: int
    quantity: int = 1
    parent_id: str | None = None
    category_ids: tuple[str, ...] = ()
    is_discounted: bool = False
    is_gift_card: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What offers are applied to; tax included throughout.

    ``gift_minor``: what the shop asks for a product, for gifts to be weighed against discounts.
    """

    currency: str
    lines: tuple[BasketLine, ...] = ()
    shipping_minor: int = 0
    shopper: Shopper = Shopper()
    gift_minor: dict[str, int] = field(default_factory=dict)

    @property
    def goods_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An offer that could be used on a basket, and how it came: by code, by grant, by itself."""

    offer: Offer
    code: str = ""
    grant_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An offer that is used, and what it does: off lines (by line id), off shipping, or a gift."""

    candidate: Candidate
    lines: dict[str, int] = field(default_factory=dict)
    shipping_minor: int = 0
    gift_product_id: str = ""
    gift_quantity: int = 0
    gift_minor: int = 0
    """What the gift would cost; it is no part of the discount."""

    @property
    def discount_minor(self) -> int:
        return sum(self.lines.values()) + self.shipping_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An offer that is not used. ``reason`` is a word of ``wording.REASONS``."""

    candidate: Candidate
    reason: str
    inputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The best of what is allowed, why the rest is not used, and the sums."""

    applied: tuple[Applied, ...] = ()
    refused: tuple[Refused, ...] = ()
    discount_minor: int = 0
    """All that is taken off, shipping included."""
    to_pay_minor: int = 0
    """Goods and shipping after it; never below zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """How a programme's earning is multiplied for somebody, and by which offer."""

    factor: Decimal
    offer: str = ""

    @property
    def percent(self) -> int:
        """The factor in per cent: 200 is twice."""
        return int(self.factor * 100)
