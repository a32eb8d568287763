"""The door of the wallet."""

from clm_plugin.wallet.accounts import giving_way
from clm_plugin.wallet.capturing import capture
from clm_plugin.wallet.data import (
    Balance,
    ClawedBack,
    Held,
    Lot,
    LotShare,
    Movement,
    News,
    Policy,
    Posted,
    Source,
    Total,
)
from clm_plugin.wallet.errors import (
    BadAmount,
    HoldClosed,
    KeyConflict,
    NoSuchPerson,
    NotEnough,
    NotReversible,
    OverBudget,
    UnknownProgramme,
    WalletError,
)
from clm_plugin.wallet.granting import deduct, grant
from clm_plugin.wallet.holding import hold, rehold, release
from clm_plugin.wallet.plan import EarnRule, LeftOut, Programme
from clm_plugin.wallet.programmes import (
    forget_programmes,
    live_programmes,
    programme,
    programme_version,
    programmes,
)
from clm_plugin.wallet.purchase import PricedLine, Purchase, purchase_of
from clm_plugin.wallet.queries import (
    balance,
    balances,
    held_for,
    history,
    hold_of,
    liability,
    lots,
    paid_on,
    spent_on,
    totals,
)
from clm_plugin.wallet.quoting import Quote, quote
from clm_plugin.wallet.reversing import reverse
from clm_plugin.wallet.telling import hear
from clm_plugin.wallet.words import good_until

__all__ = [
    "BadAmount",
    "Balance",
    "ClawedBack",
    "EarnRule",
    "Held",
    "HoldClosed",
    "KeyConflict",
    "LeftOut",
    "Lot",
    "LotShare",
    "Movement",
    "News",
    "NoSuchPerson",
    "NotEnough",
    "NotReversible",
    "OverBudget",
    "Policy",
    "Posted",
    "PricedLine",
    "Programme",
    "Purchase",
    "Quote",
    "Source",
    "Total",
    "UnknownProgramme",
    "WalletError",
    "balance",
    "balances",
    "capture",
    "deduct",
    "forget_programmes",
    "giving_way",
    "good_until",
    "grant",
    "hear",
    "held_for",
    "history",
    "hold",
    "hold_of",
    "liability",
    "live_programmes",
    "lots",
    "paid_on",
    "programme",
    "programme_version",
    "programmes",
    "purchase_of",
    "quote",
    "rehold",
    "release",
    "reverse",
    "spent_on",
    "totals",
]
