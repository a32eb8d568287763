"""The door of profiles."""

from clm_plugin.profiles.data import (
    ANALYTICS,
    MAIL,
    PERSONALISATION,
    PURPOSES,
    FactRow,
    Folded,
    Merge,
    Resolution,
)
from clm_plugin.profiles.identity import resolve
from clm_plugin.profiles.locking import lock_profile
from clm_plugin.profiles.merging import merge_profiles
from clm_plugin.profiles.operations import fold_events
from clm_plugin.profiles.queries import (
    actors_of,
    fact_rows,
    identifiers,
    mail_consents,
    order_lines,
    order_owner,
    ordered_since,
    profile_id_of,
    profiles,
    profiles_by_id,
    purchase_gaps,
)
from clm_plugin.profiles.rebuilding import clear_facts, owners_of, with_facts
from clm_plugin.profiles.visitor import (
    actor_of,
    customer_of,
    email_hash,
    keep_visitor,
    may_track,
    new_visitor_id,
    normalise_email,
    set_consent,
    set_visitor,
    visitor_of,
)

__all__ = [
    "ANALYTICS",
    "MAIL",
    "PERSONALISATION",
    "PURPOSES",
    "FactRow",
    "Folded",
    "Merge",
    "Resolution",
    "actor_of",
    "actors_of",
    "clear_facts",
    "customer_of",
    "email_hash",
    "fact_rows",
    "fold_events",
    "identifiers",
    "keep_visitor",
    "lock_profile",
    "mail_consents",
    "may_track",
    "merge_profiles",
    "new_visitor_id",
    "normalise_email",
    "order_lines",
    "order_owner",
    "ordered_since",
    "owners_of",
    "profile_id_of",
    "profiles",
    "profiles_by_id",
    "purchase_gaps",
    "resolve",
    "set_consent",
    "set_visitor",
    "visitor_of",
    "with_facts",
]
