"""What a host project may import; everything else may change between releases."""

from clm_plugin.clock import now
from clm_plugin.events.api import BadEvent, NewEvent, actor, record, record_many
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money, MoneyError
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
    verify_email,
    verify_phone,
    withdraw_life_event,
)
from clm_plugin.shop.api import Shop, ShopError, get_shop

__all__ = [
    "BadEvent",
    "ClmError",
    "Consent",
    "ContactError",
    "LifeEventError",
    "Money",
    "MoneyError",
    "NewEvent",
    "Shop",
    "ShopError",
    "actor",
    "consent_history",
    "consents_of",
    "declare_life_event",
    "drain",
    "erase",
    "export",
    "get_shop",
    "give_consent",
    "life_event_kinds",
    "next_due",
    "now",
    "own_life_events",
    "record",
    "record_many",
    "sweep",
    "verify_email",
    "verify_phone",
    "withdraw_consent",
    "withdraw_life_event",
]
