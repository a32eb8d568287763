"""The door of offers. Nothing here knows a shop: an adapter realises plans in its own prices."""

from clm_plugin.offers.alphabet import ALPHABET, read_code, read_part, shown_code, written_code
from clm_plugin.offers.beside import behind
from clm_plugin.offers.choices import offer_choices
from clm_plugin.offers.claims import CLAIMS
from clm_plugin.offers.codes import (
    code_for,
    codes_of,
    export_codes,
    make_codes,
    make_due,
    revoke_codes,
    start_batch,
    state_of,
)
from clm_plugin.offers.compile import (
    compile_offer,
    forget_counters,
    publish_offer,
    withdraw_offer,
)
from clm_plugin.offers.counting import wrong_counters
from clm_plugin.offers.data import (
    Active,
    Answer,
    Applied,
    Basket,
    BasketLine,
    Candidate,
    Confirmed,
    Entitlements,
    Multiplier,
    OfferGrant,
    Refused,
    Reserved,
    Shopper,
    Stack,
    Use,
)
from clm_plugin.offers.due import next_due, sweep_due
from clm_plugin.offers.entitlements import entitlements, multiplier_of
from clm_plugin.offers.errors import (
    BadCode,
    CodeExists,
    CodeRefused,
    CodeTaken,
    KeyConflict,
    LimitReached,
    OfferError,
    UnknownOffer,
    WrongUse,
)
from clm_plugin.offers.figures import (
    Figures,
    batches_of,
    figures,
    grants_of,
    limits_used,
    redemptions_of,
    with_figures,
)
from clm_plugin.offers.granting import (
    grant_offer,
    granted_before,
    is_returnable,
    revoke_grant,
    with_use,
)
from clm_plugin.offers.guessing import check_code, last_alarm
from clm_plugin.offers.handing import EXAMPLE_CODE, HandedOut, example, hand_again, hand_out
from clm_plugin.offers.holdings import (
    Holdings,
    has_passes,
    holdings,
    standing_of_codes,
    used_by_guest,
    used_up,
)
from clm_plugin.offers.links import open_link, read_link, signed_link
from clm_plugin.offers.live import forget_offers, live_offers, offers
from clm_plugin.offers.merging import anonymise_redemptions, give_back, move
from clm_plugin.offers.outcomes import settle
from clm_plugin.offers.plan import AT_CHECKOUT, Conditions, Effect, Limits, Offer
from clm_plugin.offers.public_codes import PublicCode, make_public_code, public_code_of
from clm_plugin.offers.recipes import install_offer
from clm_plugin.offers.remembering import forget_code, remember_code, remembered_codes
from clm_plugin.offers.reserving import reserve, reserve_all
from clm_plugin.offers.room import has_room
from clm_plugin.offers.settling import confirm, free, free_due
from clm_plugin.offers.shoppers import active_offers, shopper_of
from clm_plugin.offers.stacking import combine, stacking
from clm_plugin.offers.standing import Standing, standings
from clm_plugin.offers.taking_up import accept, take_up_code, worth
from clm_plugin.offers.wording import (
    as_sentence,
    explain,
    gives,
    small_print,
    until,
    why_refused,
)

__all__ = [
    "ALPHABET",
    "AT_CHECKOUT",
    "CLAIMS",
    "EXAMPLE_CODE",
    "Active",
    "Answer",
    "Applied",
    "BadCode",
    "Basket",
    "BasketLine",
    "Candidate",
    "CodeExists",
    "CodeRefused",
    "CodeTaken",
    "Conditions",
    "Confirmed",
    "Effect",
    "Entitlements",
    "Figures",
    "HandedOut",
    "Holdings",
    "KeyConflict",
    "LimitReached",
    "Limits",
    "Multiplier",
    "Offer",
    "OfferError",
    "OfferGrant",
    "PublicCode",
    "Refused",
    "Reserved",
    "Shopper",
    "Stack",
    "Standing",
    "UnknownOffer",
    "Use",
    "WrongUse",
    "accept",
    "active_offers",
    "anonymise_redemptions",
    "as_sentence",
    "batches_of",
    "behind",
    "check_code",
    "code_for",
    "codes_of",
    "combine",
    "compile_offer",
    "confirm",
    "entitlements",
    "example",
    "explain",
    "export_codes",
    "figures",
    "forget_code",
    "forget_counters",
    "forget_offers",
    "free",
    "free_due",
    "give_back",
    "gives",
    "grant_offer",
    "granted_before",
    "grants_of",
    "hand_again",
    "hand_out",
    "has_passes",
    "has_room",
    "holdings",
    "install_offer",
    "is_returnable",
    "last_alarm",
    "limits_used",
    "live_offers",
    "make_codes",
    "make_due",
    "make_public_code",
    "move",
    "multiplier_of",
    "next_due",
    "offer_choices",
    "offers",
    "open_link",
    "public_code_of",
    "publish_offer",
    "read_code",
    "read_link",
    "read_part",
    "redemptions_of",
    "remember_code",
    "remembered_codes",
    "reserve",
    "reserve_all",
    "revoke_codes",
    "revoke_grant",
    "settle",
    "shopper_of",
    "shown_code",
    "signed_link",
    "small_print",
    "stacking",
    "standing_of_codes",
    "standings",
    "start_batch",
    "state_of",
    "sweep_due",
    "take_up_code",
    "until",
    "used_by_guest",
    "used_up",
    "why_refused",
    "with_figures",
    "with_use",
    "withdraw_offer",
    "worth",
    "written_code",
    "wrong_counters",
]
