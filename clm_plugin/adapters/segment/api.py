"""The door of the Segment adapter."""

from clm_plugin.adapters.segment.data import BROWSER, CUSTOMER, EXTERNAL, SERVER
from clm_plugin.adapters.segment.keys import (
    NewKey,
    WriteKeyError,
    clean_origin,
    clean_source,
    make_key,
    revoke_key,
    write_keys,
)

__all__ = [
    "BROWSER",
    "CUSTOMER",
    "EXTERNAL",
    "SERVER",
    "NewKey",
    "WriteKeyError",
    "clean_origin",
    "clean_source",
    "make_key",
    "revoke_key",
    "write_keys",
]
