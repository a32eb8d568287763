"""Every URL of ours, and the roles that may open it."""

from __future__ import annotations

A, MK, MG, S = "analyst", "marketer", "manager", "support"
AUTHORS, ALL_BUT_SUPPORT = {MK, MG}, {A, MK, MG}
PEOPLE = {MK, MG, S}

_AUTHORED = {
    "list": ALL_BUT_SUPPORT,
    "list_results": ALL_BUT_SUPPORT,
    "add": AUTHORS,
    "edit": AUTHORS,
    "copy": AUTHORS,
    "preview_on_add": AUTHORS,
    "preview_on_edit": AUTHORS,
    "delete": {MG},
    "unpublish": {MG},
    "history": AUTHORS,
    "history_results": AUTHORS,
    "usage": AUTHORS,
}
_RECORDS = {
    "index": ALL_BUT_SUPPORT,
    "index_results": ALL_BUT_SUPPORT,
    "add": AUTHORS,
    "edit": AUTHORS,
    "delete": {MG},
    "history": AUTHORS,
    "history_results": AUTHORS,
    "usage": AUTHORS,
}
# Wagtail's own screens behind an edit view; their guards are Wagtail's and tested there.
WAGTAILS = frozenset(
    {"revisions_view", "revisions_revert", "revisions_compare", "revisions_unschedule", "lock",
     "unlock", "workflow_action", "collect_workflow_action_data", "confirm_workflow_cancellation",
     "workflow_history", "workflow_history_detail", "workflow_preview"}
)  # fmt: skip
SCREENS: dict[str, dict[str, set[str]]] = {
    "clm_board": {"index": ALL_BUT_SUPPORT, "picture": ALL_BUT_SUPPORT, "benchmarks": {MG}},
    "clm_customers": {"index": PEOPLE, "index_results": PEOPLE, "customer": PEOPLE},
    "clm_segments": {
        **_AUTHORED,
        "pick": AUTHORS,
        "POST ready": AUTHORS,
        "by_key": ALL_BUT_SUPPORT,
        "people": ALL_BUT_SUPPORT,
        "members": PEOPLE - {S},
        "members_results": PEOPLE - {S},
        "upload": AUTHORS,
        "POST remove": AUTHORS,
    },
    "clm_rfm": {"index": ALL_BUT_SUPPORT, "people": PEOPLE, "people_results": PEOPLE},
    "clm_campaigns": {**_AUTHORED, "numbers": ALL_BUT_SUPPORT},
    "clm_surveys": {**_AUTHORED, "results": ALL_BUT_SUPPORT},
    "clm_offers": {
        **_AUTHORED,
        "page": ALL_BUT_SUPPORT,
        "make": {MG},
        "public": {MG},
        "revoke": {MG},
        "POST codes_export": {MG},
        "give": {MG, S},
        "take_back": {MG, S},
    },
    "clm_programmes": {**_AUTHORED, "effects": ALL_BUT_SUPPORT},
    "clm_lifecycle_models": {
        **_AUTHORED,
        "start": AUTHORS,
        "POST start_from": AUTHORS,
        "moves": ALL_BUT_SUPPORT,
        "POST publish": {MG},
    },
    "clm_traits": {**_RECORDS, "POST declare": AUTHORS},
    "clm_life_events": _RECORDS,
    "clm_merges": {"index": PEOPLE, "index_results": PEOPLE, "undo": {MG}},
    "clm_imports": {
        "index": AUTHORS,
        "new": AUTHORS,
        "run": AUTHORS,
        "columns": AUTHORS,
        "POST begin": AUTHORS,
        "POST delete": AUTHORS,
        "errors": AUTHORS,
    },
    "clm_exports": {"choose": {MG}, "file": {MG}},
    "clm_receipts": {"index": {A, MK, MG, S}, "index_results": {A, MK, MG, S}},
    "clm_dead_letters": {
        "index": {MG},
        "index_results": {MG},
        "POST replay_all": {MG},
        "POST replay": {MG},
    },
    "clm_write_keys": {"index": {MG}, "new": {MG}, "revoke": {MG}},
    "clm_privacy": {
        "index": {MG, S},
        "POST release": {MG},
        "person": PEOPLE,
        "export": {MG, S},
        "erase": {MG},
    },
    "clm_health": {"index": {A, MK, MG}},
    "clm_ledger": {
        "index": {A, MK, MG, S},
        "transactions": {MG, S},
        "transaction": {MG, S},
        "reverse": {MG},
        "account": {MG, S},
        "lots": {MG, S},
        "liability": ALL_BUT_SUPPORT,
        "give": {MG, S},
        "requests": {MG, S},
        "request": {MG},  # of others; one's own is tested with the screen
        "POST approve": {MG},
        "POST refuse": {MG},
    },
}
API: dict[str, set[str]] = {
    "api-profile-list": PEOPLE,
    "api-profile-detail": PEOPLE,
    "api-profile-consents": PEOPLE,
    "api-profile-events": PEOPLE,
    "api-profile-segments": PEOPLE,
    "api-profile-traits": PEOPLE,
    "api-segment-list": ALL_BUT_SUPPORT,
    "api-segment-detail": ALL_BUT_SUPPORT,
    "api-segment-members": PEOPLE - {S},
    "api-survey-list": ALL_BUT_SUPPORT,
    "api-survey-detail": ALL_BUT_SUPPORT,
    "POST api-events": {MG},
    "api-credit-detail": {MG, S},
    "api-credit-history": {MG, S},
    "api-hold-detail": {MG, S},
    # People give credit in the console, under its limits: these are for services alone.
    "POST api-credit-grants": set(),
    "POST api-credit-deductions": set(),
    "POST api-credit-holds": set(),
    "POST api-hold-capture": set(),
    "POST api-hold-release": set(),
    "POST api-transaction-reverse": set(),
    "POST api-code-check": set(),
    "POST api-code-reserve": set(),
    "POST api-code-confirm": set(),
    "POST api-code-free": set(),
    "POST api-code-take-up": set(),
    "api-lifecycle": {A, MK, MG, S},
    "api-traits": {A, MK, MG, S},
    "api-schema": {A, MK, MG, S},
}
# For shoppers and machines: guarded by token, key, cookie or origin, not by role.
PUBLIC = frozenset(
    {"collect", "decide", "bundle", "consent", "survey", "your-data", "store-credit",
     "store-credit-history", "health", "api-docs",
     "offer", "use_credit", "click", "restore", "unsubscribe", "preferences", "answer", "mail"}
)  # fmt: skip
