"""What can go wrong when store credit is to pay, each with a text fit for the shopper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.exceptions import ClmError

if TYPE_CHECKING:
    from clm_plugin.money import Money


class CreditError(ClmError):
    """The credit that was to pay does not. No card may be charged; the text says what to do."""


class CreditChanged(CreditError):
    """Less can be used than the shopper was shown. ``up_to`` is what can be used now."""

    def __init__(self, message: str, *, up_to: Money) -> None:
        super().__init__(message)
        self.up_to = up_to


class CreditUnavailable(CreditError):
    """Our side fails. The purchase can be paid by other means."""
