"""What Oscar's conditions and benefits of ours do: the ``proxy_class`` of their rows.

Plain classes and no proxy models, which would be models of Oscar's app without a migration there.
The plugin has decided what applies before Oscar asks (``offers_applying``); these say so in
Oscar's words and cost no query.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from oscar.core.loading import get_class

PATH = __name__


class _Row:
    """A row of Oscar's table, as ``proxy()`` hands it over."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        raise NotImplementedError

    @property
    def description(self) -> str:
        return self.name


class ClmCondition(_Row):
    """Holds where the plugin says so: for the baskets of those who were given the offer."""

    @property
    def name(self) -> str:
        return _("As published under Lifecycle, Offers")

    def is_satisfied(self, offer: Any, basket: Any) -> bool:
        return offer.id in basket.offer_applications.offers

    def is_partially_satisfied(self, offer: Any, basket: Any) -> bool:
        """The basket page has sentences of its own for what is missing."""
        return False

    def get_upsell_message(self, offer: Any, basket: Any) -> None:
        return None

    def consume_items(self, offer: Any, basket: Any, affected_lines: Any) -> None:
        return None


class ClmBenefit(_Row):
    """A discount in amounts that the plugin has computed, line by line.

    ``value`` is the most that is taken off shipping; none: all of it.
    """

    value: Decimal | None = None

    @property
    def name(self) -> str:
        return _("As published under Lifecycle, Offers")

    def apply(self, basket: Any, condition: Any, offer: Any, **_: Any) -> Any:
        """Nothing: where the host has not forked ``Applicator``, no offer of ours counts."""
        return get_class("offer.results", "ZERO_DISCOUNT")

    def apply_deferred(self, basket: Any, order: Any, application: Any) -> None:
        return None

    def shipping_discount(self, charge: Decimal, currency: str | None = None) -> Decimal:
        return charge if self.value is None else min(charge, self.value)
