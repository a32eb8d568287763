"""Merge fields: the closed set of words that authored text may ask to have replaced.

Authored text is data. It is never evaluated: a pattern finds ``{{ first_name }}`` (optionally with
a stand-in, ``{{ first_name|friend }}``), and everything else, ``{{7*7}}`` included, stays text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CREDIT_FIELDS = ("credit_amount", "credit_name", "credit_until", "credit_from")
OFFER_FIELDS = ("offer_title", "offer_until")
ABOUT_FIELDS = (*CREDIT_FIELDS, *OFFER_FIELDS)
FIELDS = ("first_name", "items", "shop_name", "code", *ABOUT_FIELDS)
FROZEN = ("lines", "about")
"""What is written into a mail's content when it is sent, beside what its author wrote."""
_SPACE = r"(?:\s|&nbsp;)*"
_FIELD = re.compile(r"\{\{" + _SPACE + f"({'|'.join(FIELDS)})" + _SPACE + r"(?:\|([^{}|<>]*))?\}\}")
_MAX_NAME = 40
_HIDDEN = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def replace_fields(text: str, replacement: Callable[[str, str], str]) -> str:
    """Put ``replacement(field, stand_in)`` wherever ``text`` asks for a field."""
    return _FIELD.sub(lambda found: replacement(found[1], (found[2] or "").strip()), text)


def shown_name(name: str) -> str:
    """A first name that is safe to greet with; "" for what is a message rather than a name.

    Names come from sign-up forms, and spammers put their links there to have them mailed.
    """
    clean = one_line(name)
    if len(clean) > _MAX_NAME or re.search(r"://|www\.|\.\w{2,}/", clean.lower()):
        return ""
    return clean


def one_line(text: str) -> str:
    """Text on one line: no control characters, no bidirectional overrides, no lone surrogates."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(_HIDDEN.sub("", plain).split())
