"""What the wallet refuses, each with a machine word (``code``) and a text that says what to do."""

from __future__ import annotations

from clm_plugin.exceptions import ClmError


class WalletError(ClmError):
    """The ledger refused, and posted nothing."""

    code = "wallet_error"


class NotEnough(WalletError):
    """There is less credit than was asked for. ``available_minor`` is what there is."""

    code = "not_enough"

    def __init__(self, message: str, *, available_minor: int = 0) -> None:
        super().__init__(message)
        self.available_minor = available_minor


class KeyConflict(WalletError):
    """An idempotency key was used before, with other parameters."""

    code = "key_conflict"


class HoldClosed(WalletError):
    """A hold is captured or released already, or there is none of this key. ``state`` says which;
    it is empty when there is none."""

    code = "hold_closed"

    def __init__(self, message: str, *, state: str = "") -> None:
        super().__init__(message)
        self.state = state


class BadAmount(WalletError):
    """Not sane money: not a positive whole number of minor units, or of another currency."""

    code = "bad_amount"


class OverBudget(WalletError):
    """The programme's budget would be exceeded. ``left_minor`` is what is left of it."""

    code = "over_budget"

    def __init__(self, message: str, *, left_minor: int = 0) -> None:
        super().__init__(message)
        self.left_minor = left_minor


class UnknownProgramme(WalletError):
    """No programme, and no credit of one, has this key."""

    code = "unknown_programme"


class NotReversible(WalletError):
    """This transaction is undone in another way, or was reversed before."""

    code = "not_reversible"


class NoSuchPerson(WalletError):
    """There is no profile of this id: it was erased, or never was."""

    code = "no_such_person"
