"""What money and offers refuse, as HTTP: a status, and the machine word in ``code``."""

from __future__ import annotations

from rest_framework import exceptions

from clm_plugin.exceptions import ClmError
from clm_plugin.offers.api import OfferError
from clm_plugin.wallet.api import WalletError

_STATUS = {
    "bad_amount": 400,
    "key_missing": 400,
    "no_such_person": 404,
    "unknown_programme": 404,
    "unknown_offer": 404,
    "refused": 404,
}
"""The rest is 409: the request is sound, and the state of things does not allow it."""


class Refusal(exceptions.APIException):
    """A refusal in the words of whoever refused."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(detail=text, code=code)
        self.status_code = _STATUS.get(code, 409)
        self.default_code = self.code = code


def refusal(error: ClmError) -> Refusal | None:
    """None for errors that are no refusals of these."""
    if isinstance(error, WalletError | OfferError):
        return Refusal(error.code, str(error))
    return None
