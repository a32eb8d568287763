"""Codes and grants that a shopper took up before she has a basket, kept in her session.

The shop's adapter reads them when it looks at a basket; they name nothing that the session's owner
does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.offers.alphabet import read_code

if TYPE_CHECKING:
    from django.http import HttpRequest

_NAME = "clm_offer_codes"
_MOST = 10


def remember_code(request: HttpRequest, code: str) -> None:
    """Keep a code for this browser's basket; the latest ten."""
    text = read_code(code)
    session = getattr(request, "session", None)
    if text and session is not None:
        kept = [one for one in remembered_codes(request) if one != text]
        session[_NAME] = [*kept, text][-_MOST:]


def remembered_codes(request: HttpRequest) -> tuple[str, ...]:
    """The codes that this browser took up, the first one first."""
    found = getattr(request, "session", {}).get(_NAME, ())
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def forget_code(request: HttpRequest, code: str) -> None:
    """The code was used, or taken off the basket."""
    text = read_code(code)
    left = [one for one in remembered_codes(request) if one != text]
    session = getattr(request, "session", None)
    if session is not None and _NAME in session:
        session[_NAME] = left
