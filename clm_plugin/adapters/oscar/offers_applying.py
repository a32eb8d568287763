"""Our offers in Oscar's prices: a mixin for the host's ``offer.applicator.Applicator``.

    class Applicator(ClmOffers, OscarApplicator):
        pass

The shop's own offers and vouchers are applied first and as ever. Then ``offers.stacking`` chooses
among ours, and its amounts are taken off Oscar's lines to the penny; totals, orders and reports are
Oscar's. When our side fails or is slow, a basket is priced without our offers.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import connection

from clm_plugin import clock
from clm_plugin.adapters.oscar.mixed_in import OscarsOwn
from clm_plugin.adapters.oscar.offers_candidates import Found, look, own_vouchers
from clm_plugin.adapters.oscar.offers_choice import Choice
from clm_plugin.adapters.oscar.offers_rows import is_ours, used_row
from clm_plugin.adapters.oscar.offers_shown import BasketOffers
from clm_plugin.adapters.oscar.offers_vouchers import take_up_remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest

    from clm_plugin.offers.api import Candidate

logger = logging.getLogger("clm_plugin")


class ClmOffers(OscarsOwn):
    """Adds our offers to Oscar's. Templates read ``basket.clm_offers`` (a ``BasketOffers``)."""

    _request: HttpRequest | None = None
    _user: Any = None
    _found: Found | None = None
    _vouchers: dict[str, Any]

    def get_offers(self, basket: Any, user: Any = None, request: Any = None) -> list[Any]:
        """Oscar's, ours among them; which of ours are applied is decided later, for all at once."""
        self._request, self._user, self._found, self._vouchers = request, user, None, {}
        if request is not None and basket.id:
            take_up_remembered(request, basket)
        found: list[Any] = super().get_offers(basket, user, request)
        return found

    def get_basket_offers(self, basket: Any, user: Any) -> list[Any]:
        """Oscar's vouchers, and those of ours that still stand."""
        found: list[Any] = super().get_basket_offers(basket, user)
        theirs = [offer for offer in found if not is_ours(offer)]
        self._vouchers = own_vouchers(found)
        self._found = self._looked()
        return [*theirs, *self._rows(lambda each: bool(each.code))]

    def get_user_offers(self, user: Any) -> list[Any]:
        """What was given to the shopper and needs no code."""
        found: list[Any] = super().get_user_offers(user)
        return [*found, *self._rows(lambda each: each.grant_id is not None and not each.code)]

    def get_session_offers(self, request: Any) -> list[Any]:
        """What everybody has who fits."""
        found: list[Any] = super().get_session_offers(request)
        return [*found, *self._rows(lambda each: each.grant_id is None and not each.code)]

    def _looked(self) -> Found | None:
        if connection.needs_rollback:
            return None
        try:
            return look(self._request, self._user, tuple(self._vouchers), clock.now())
        except Exception:
            logger.exception("clm: a basket is priced without our offers")
            return None

    def _rows(self, wanted: Callable[[Candidate], bool]) -> list[Any]:
        if self._found is None:
            return []
        rows = self._found.memory.rows
        return [
            used_row(rows[each.offer.key], self._vouchers.get(each.code))
            for each in self._found.candidates
            if wanted(each)
        ]

    def apply_offers(self, basket: Any, offers: Sequence[Any]) -> None:
        """The shop's own first, then the best of ours that may be used together."""
        super().apply_offers(basket, [o for o in offers if not is_ours(o)])
        basket.clm_offers = BasketOffers()
        found = self._found
        if found is None or connection.needs_rollback:
            return
        ours = [offer for offer in offers if is_ours(offer)]
        try:
            decided = Choice(basket, found, self._user, self._request).decide()
        except Exception:
            logger.exception("clm: a basket is priced without our offers")
            return
        decided.take_off(ours, self._vouchers)
