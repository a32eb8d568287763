"""The letters of codes: how a code is made, and how a typed one is read. Pure.

No sign of the alphabet looks like another one of it; what looks like one of them when it is typed
(``S`` for ``5``, a Cyrillic or full-width letter) is read as that one. A public code is a word that
its author thought up, kept in the same reading: SPRING26 is 5PR1NG2G.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "2345789ACDEFGHJKMNPRTVWXY"
"""25 signs: of 0/O/Q and 1/I/L none, of 2/Z, 5/S, 8/B, G/6, V/U one each."""
LENGTH = 10
"""25**10 is about 10**14: of 100,000 live codes a guess finds one in a thousand million."""
SHORTEST, LONGEST = 4, 20
"""Signs of a public code; one that is made has ``LENGTH``."""
MAX_TYPED = 64
"""Longer texts are no code; nothing more is done with them."""

_LOOK_ALIKES = str.maketrans(
    {"Z": "2", "S": "5", "B": "8", "6": "G", "U": "V", "O": "0", "Q": "0", "I": "1", "L": "1"}
    # Cyrillic (A Ve E Ze Dze I En Je Ka Em O Er Es Te Ha Ue) and Greek capitals that are drawn as
    # Latin ones.
    | dict(
        zip(
            "\u0410\u0412\u0415\u0417\u0405\u0406\u041d\u0408\u041a\u041c\u041e\u0420\u0421\u0422\u0425\u04ae",
            "A8E351HJKM0PCTXY",
            strict=True,
        )
    )
    | dict(
        zip(
            "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
            "A8E2H1KMN0PTYX",
            strict=True,
        )
    )
)
_SIGNS = frozenset(ALPHABET) | {"0", "1"}
"""What a code that was read can consist of; nought and one are in public codes only."""
_WRITTEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_BETWEEN = frozenset("-._/'`\"")


def new_code() -> str:
    """A random code, from the system's own source of randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """A typed code as it is stored; "" for what cannot be one of ours.

    NFKC (full-width signs become plain ones), trimmed, in capitals, without spaces, dashes and dots
    inside, look-alikes read as what they look like.
    """
    found = read_part(text)
    return found if SHORTEST <= len(found) <= LONGEST and set(found) <= _SIGNS else ""


def read_part(text: str) -> str:
    """How a code begins, in the reading of ``read_code``, for searches."""
    return _plain(text).translate(_LOOK_ALIKES)


def written_code(text: str) -> str:
    """A public code as it is printed: capitals and digits, without what stands between them.

    "" for what can be none: other signs, too short, too long.
    """
    found = _plain(text)
    return found if SHORTEST <= len(found) <= LONGEST and set(found) <= _WRITTEN else ""


def _plain(text: str) -> str:
    if len(text) > MAX_TYPED:
        return ""
    return "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text).upper()
        if sign not in _BETWEEN and unicodedata.category(sign) not in _NOT_WRITTEN
    )


_NOT_WRITTEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
"""Unicode's spaces, control and format signs, and dashes of every length."""


def shown_code(code: str) -> str:
    """A code as people read it: ``ACDEF-GHJKM``; a public one as it was written."""
    is_made = len(code) == LENGTH and set(code) <= set(ALPHABET)
    return f"{code[:5]}-{code[5:]}" if is_made else code
