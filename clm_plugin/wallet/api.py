"""The door of the wallet."""

from clm_plugin.wallet.accounts import owner_of
from clm_plugin.wallet.announcing import announce
from clm_plugin.wallet.authoring import Programme as AuthoredProgramme
from clm_plugin.wallet.by_hand import give_by_hand, given_terms
from clm_plugin.wallet.by_order import earned_on, kept_of
from clm_plugin.wallet.capturing import capture
from clm_plugin.wallet.checking import LAST_YEAR
from clm_plugin.wallet.claims import Claim
from clm_plugin.wallet.clawing import claw_back
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.crediting import boosts_before, earn
from clm_plugin.wallet.data import (
    Balance,
    Check,
    ClawedBack,
    Held,
    Lot,
    LotShare,
    Movement,
    News,
    Policy,
    Posted,
    Proof,
    Source,
    Total,
)
from clm_plugin.wallet.describing import Difference, differences
from clm_plugin.wallet.earning import Boost, no_boost
from clm_plugin.wallet.effects import EFFECT_DAYS, MOST_ORDERS, Effects, Outcome, effects, names_for
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
from clm_plugin.wallet.expiring import expire_due, next_due, notice_due, release_due
from clm_plugin.wallet.faults import programme_troubles
from clm_plugin.wallet.forecasting import (
    ENOUGH,
    Forecast,
    Lives,
    Out,
    Week,
    forecast,
    hazards,
    share_redeemed,
)
from clm_plugin.wallet.foreseeing import Foreseen, foresee
from clm_plugin.wallet.granting import deduct, grant
from clm_plugin.wallet.holding import hold, rehold, release
from clm_plugin.wallet.merging import forget, give_back, move
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
from clm_plugin.wallet.recipes import install_programme
from clm_plugin.wallet.reporting import (
    DaySum,
    Granted,
    Owed,
    day_sums,
    grants_of,
    last_settled,
    lives,
    owed_now,
    what_is_out,
)
from clm_plugin.wallet.request_models import GrantRequest
from clm_plugin.wallet.request_rules import Staff
from clm_plugin.wallet.requesting import (
    NotWaiting,
    OwnRequest,
    Wish,
    alone_left,
    approve,
    ask,
    refuse,
    waiting,
)
from clm_plugin.wallet.restoring import restore
from clm_plugin.wallet.returning import grace_of, refund_key, take_back
from clm_plugin.wallet.reversing import reverse
from clm_plugin.wallet.rewarding import Promised, promised, reward_days
from clm_plugin.wallet.standing import Standing, standings
from clm_plugin.wallet.telling import hear
from clm_plugin.wallet.verifying import last_proof, prove, verify
from clm_plugin.wallet.words import good_until

__all__ = [
    "EFFECT_DAYS",
    "ENOUGH",
    "LAST_YEAR",
    "MOST_ORDERS",
    "AuthoredProgramme",
    "BadAmount",
    "Balance",
    "Boost",
    "Check",
    "Claim",
    "ClawedBack",
    "DaySum",
    "Difference",
    "EarnRule",
    "Effects",
    "Forecast",
    "Foreseen",
    "GrantRequest",
    "Granted",
    "Held",
    "HoldClosed",
    "KeyConflict",
    "LeftOut",
    "Lives",
    "Lot",
    "LotShare",
    "Movement",
    "News",
    "NoSuchPerson",
    "NotEnough",
    "NotReversible",
    "NotWaiting",
    "Out",
    "Outcome",
    "OverBudget",
    "Owed",
    "OwnRequest",
    "Policy",
    "Posted",
    "PricedLine",
    "Programme",
    "Promised",
    "Proof",
    "Purchase",
    "Quote",
    "Source",
    "Staff",
    "Standing",
    "Total",
    "UnknownProgramme",
    "WalletError",
    "Week",
    "Wish",
    "alone_left",
    "announce",
    "approve",
    "ask",
    "balance",
    "balances",
    "boosts_before",
    "capture",
    "claw_back",
    "compile_programme",
    "day_sums",
    "deduct",
    "differences",
    "earn",
    "earned_on",
    "effects",
    "expire_due",
    "forecast",
    "foresee",
    "forget",
    "forget_programmes",
    "give_back",
    "give_by_hand",
    "given_terms",
    "good_until",
    "grace_of",
    "grant",
    "grants_of",
    "hazards",
    "hear",
    "held_for",
    "history",
    "hold",
    "hold_of",
    "install_programme",
    "kept_of",
    "last_proof",
    "last_settled",
    "liability",
    "live_programmes",
    "lives",
    "lots",
    "move",
    "names_for",
    "next_due",
    "no_boost",
    "notice_due",
    "owed_now",
    "owner_of",
    "paid_on",
    "programme",
    "programme_troubles",
    "programme_version",
    "programmes",
    "promised",
    "prove",
    "purchase_of",
    "quote",
    "refund_key",
    "refuse",
    "rehold",
    "release",
    "release_due",
    "restore",
    "reverse",
    "reward_days",
    "share_redeemed",
    "spent_on",
    "standings",
    "take_back",
    "totals",
    "verify",
    "waiting",
    "what_is_out",
]
