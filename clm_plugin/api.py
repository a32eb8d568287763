"""What a host project may import; everything else may change between releases."""

from clm_plugin.clock import now
from clm_plugin.events.api import BadEvent, NewEvent, actor, record, record_many
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money, MoneyError
from clm_plugin.offers.api import OfferError, check_code, grant_offer, install_offer, shown_code
from clm_plugin.offers.api import code_for as offer_code
from clm_plugin.offers.api import confirm as confirm_codes
from clm_plugin.offers.api import free as free_codes
from clm_plugin.offers.api import reserve as reserve_code
from clm_plugin.pipeline import drain, next_due, sweep
from clm_plugin.privacy.api import (
    Consent,
    consent_history,
    consents_of,
    erase,
    export,
    give_consent,
    withdraw_consent,
)
from clm_plugin.profiles.api import (
    ContactError,
    LifeEventError,
    declare_life_event,
    life_event_kinds,
    own_life_events,
    profile_id_of,
    verify_email,
    verify_phone,
    withdraw_life_event,
)
from clm_plugin.shop.api import Shop, ShopError, get_shop
from clm_plugin.wallet.api import Source as CreditSource
from clm_plugin.wallet.api import WalletError, install_programme
from clm_plugin.wallet.api import balances as credit_balances
from clm_plugin.wallet.api import capture as capture_credit
from clm_plugin.wallet.api import deduct as deduct_credit
from clm_plugin.wallet.api import give_by_hand as grant_credit
from clm_plugin.wallet.api import hold as hold_credit
from clm_plugin.wallet.api import release as release_credit
from clm_plugin.wallet.api import restore as restore_credit
from clm_plugin.wallet.api import reverse as reverse_credit

__all__ = [
    "BadEvent",
    "ClmError",
    "Consent",
    "ContactError",
    "CreditSource",
    "LifeEventError",
    "Money",
    "MoneyError",
    "NewEvent",
    "OfferError",
    "Shop",
    "ShopError",
    "WalletError",
    "actor",
    "capture_credit",
    "check_code",
    "confirm_codes",
    "consent_history",
    "consents_of",
    "credit_balances",
    "declare_life_event",
    "deduct_credit",
    "drain",
    "erase",
    "export",
    "free_codes",
    "get_shop",
    "give_consent",
    "grant_credit",
    "grant_offer",
    "hold_credit",
    "install_offer",
    "install_programme",
    "life_event_kinds",
    "next_due",
    "now",
    "offer_code",
    "own_life_events",
    "profile_id_of",
    "record",
    "record_many",
    "release_credit",
    "reserve_code",
    "restore_credit",
    "reverse_credit",
    "shown_code",
    "sweep",
    "verify_email",
    "verify_phone",
    "withdraw_consent",
    "withdraw_life_event",
]
