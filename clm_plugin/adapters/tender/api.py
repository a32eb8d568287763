"""The door of store credit as a tender: what a shop's adapter and templates call."""

from clm_plugin.adapters.tender.data import CreditUse, LeftOut
from clm_plugin.adapters.tender.errors import CreditChanged, CreditError, CreditUnavailable
from clm_plugin.adapters.tender.paying import abandon, begin, check_wish, complete, hold_key, resume
from clm_plugin.adapters.tender.pricing import priced
from clm_plugin.adapters.tender.refunding import give_back, lost, take_back
from clm_plugin.adapters.tender.rules import coin_of, split
from clm_plugin.adapters.tender.settling import settle
from clm_plugin.adapters.tender.showing import credit_use, profile_of
from clm_plugin.adapters.tender.wish import Wish, forget_wish, make_wish, wish_of

__all__ = [
    "CreditChanged",
    "CreditError",
    "CreditUnavailable",
    "CreditUse",
    "LeftOut",
    "Wish",
    "abandon",
    "begin",
    "check_wish",
    "coin_of",
    "complete",
    "credit_use",
    "forget_wish",
    "give_back",
    "hold_key",
    "lost",
    "make_wish",
    "priced",
    "profile_of",
    "resume",
    "settle",
    "split",
    "take_back",
    "wish_of",
]
