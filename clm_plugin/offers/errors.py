"""Why an offer, a grant or a code cannot be had; ``code`` is a word for machines."""

from __future__ import annotations

from clm_plugin.exceptions import ClmError


class OfferError(ClmError):
    """An offer cannot be given or used; the text says what to do."""

    code = "offer"


class UnknownOffer(OfferError):
    """No published offer has this key, or it is not open now."""

    code = "unknown_offer"


class KeyConflict(OfferError):
    """An idempotency key came back with other parameters."""

    code = "key_conflict"


class CodeRefused(OfferError):
    """The code cannot be used by this person; it is not said why."""

    code = "refused"


class BadCode(OfferError):
    """A word cannot be a public code."""

    code = "bad_code"


class CodeExists(OfferError):
    """A code reads like this one, or the offer has a public code."""

    code = "code_exists"


class CodeTaken(OfferError):
    """The code, or the grant, is reserved by another order or used already."""

    code = "taken"


class WrongUse(OfferError):
    """What counts in orders cannot be taken up beside them, and the other way round."""

    code = "wrong_use"


class LimitReached(OfferError):
    """A limit or the budget of the offer has no room for this use."""

    code = "limit_reached"
