"""The door of privacy."""

from clm_plugin.privacy.banner import Words
from clm_plugin.privacy.banner import words as banner_words
from clm_plugin.privacy.checks import check_privacy
from clm_plugin.privacy.consents import (
    Consent,
    consent_history,
    consents_of,
    give_consent,
    history_of,
    keep_text,
    proof_of,
    texts,
    withdraw_consent,
)
from clm_plugin.privacy.declared import Table, Undeclared, about_people, brought, is_nothing, tables
from clm_plugin.privacy.erasing import Erased, erase, preview
from clm_plugin.privacy.exporting import export
from clm_plugin.privacy.mapping import Line, data_map, data_map_page, words_module
from clm_plugin.privacy.restoring import Restored, missing, restore
from clm_plugin.privacy.retention import Purged, days_of, names, purge

__all__ = [
    "Consent",
    "Erased",
    "Line",
    "Purged",
    "Restored",
    "Table",
    "Undeclared",
    "Words",
    "about_people",
    "banner_words",
    "brought",
    "check_privacy",
    "consent_history",
    "consents_of",
    "data_map",
    "data_map_page",
    "days_of",
    "erase",
    "export",
    "give_consent",
    "history_of",
    "is_nothing",
    "keep_text",
    "missing",
    "names",
    "preview",
    "proof_of",
    "purge",
    "restore",
    "tables",
    "texts",
    "withdraw_consent",
    "words_module",
]
