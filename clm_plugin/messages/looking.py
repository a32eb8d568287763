"""What a batch of mails is about, looked at again as they leave: baskets, credit, offers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.campaigns.api import Standings, is_looked_at, look
from clm_plugin.messages.baskets import wanted_of
from clm_plugin.messages.rendering import credit_fields, offer_fields
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.messages.data import Frozen
    from clm_plugin.messages.models import Delivery
    from clm_plugin.shop.api import Product

_FRESH_SECONDS = 3.0
"""How old all this may be when a mail is written; a slow server makes us read again."""


@dataclass(frozen=True, slots=True)
class World:
    """Baskets, products, credit and offers as they were at ``read_at`` (monotonic seconds)."""

    baskets: Mapping[str, Sequence[Frozen]]
    products: Mapping[str, Product]
    about: Standings
    read_at: float

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < _FRESH_SECONDS


def look_around(batch: Sequence[Delivery], now: datetime) -> World:
    """Read the baskets, products, credit and offers that a batch is about."""
    shop, read_at = get_shop(), time.monotonic()
    objects = {delivery.object_id for delivery in batch if delivery.object_id}
    ids = {one for one in objects if not is_looked_at(one)}
    about = look(objects, now=now)
    baskets = shop.baskets(ids) if shop.supports_baskets else {}
    wanted = {basket_id: wanted_of(basket) for basket_id, basket in baskets.items()}
    products = {each.product_id for lines in wanted.values() for each in lines}
    return World(wanted, shop.products(products) if products else {}, about, read_at)


def words_of(delivery: Delivery, about: Standings) -> dict[str, str]:
    """The merge fields about the credit or the offer of a mail, as it stands now."""
    language = delivery.profile.language
    credit = about.credit(delivery.object_id)
    if credit is not None:
        return credit_fields(credit, language)
    offer = about.offer(delivery.object_id, delivery.profile_id)
    return offer_fields(offer, language) if offer is not None else {}
