"""The letters of codes: how a code is made, and how a typed one is read. Pure.

No sign of the alphabet looks like another one of it; what looks like one of them when it is typed
(``o`` for nothing of ours, ``S`` for ``5``, a Cyrillic or full-width letter) is read as that one.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "2345789ACDEFGHJKMNPRTVWXY"
"""25 signs: of 0/O/Q and 1/I/L none, of 2/Z, 5/S, 8/B, G/6, V/U one each."""
LENGTH = 10
"""25**10 is about 10**14: of 100,000 live codes a guess finds one in a thousand million."""
MAX_TYPED = 64
"""Longer texts are no code; nothing more is done with them."""

_LOOK_ALIKES = str.maketrans(
    {"Z": "2", "S": "5", "B": "8", "6": "G", "U": "V"}
    # Cyrillic (A Ve E Ze Dze En Je Ka Em Er Es Te Ha Ue) and Greek capitals that are drawn as
    # Latin ones.
    | dict(
        zip(
            "\u0410\u0412\u0415\u0417\u0405\u041d\u0408\u041a\u041c\u0420\u0421\u0422\u0425\u04ae",
            "A8E35HJKMPCTXY",
            strict=True,
        )
    )
    | dict(
        zip(
            "\u0391\u0392\u0395\u0396\u0397\u039a\u039c\u039d\u03a1\u03a4\u03a5\u03a7",
            "A8E2HKMNPTYX",
            strict=True,
        )
    )
)
_BETWEEN = frozenset("-._/'`\"")


def new_code() -> str:
    """A random code, from the system's own source of randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str:
    """A typed code as it is stored; "" for what cannot be one of ours.

    NFKC (full-width signs become plain ones), trimmed, in capitals, without spaces, dashes and dots
    inside, look-alikes read as what they look like.
    """
    if len(text) > MAX_TYPED:
        return ""
    wide = unicodedata.normalize("NFKC", text).upper()
    kept = (
        sign
        for sign in wide
        if sign not in _BETWEEN and unicodedata.category(sign) not in _NOT_WRITTEN
    )
    found = "".join(kept).translate(_LOOK_ALIKES)
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else ""


_NOT_WRITTEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
"""Unicode's spaces, control and format signs, and dashes of every length."""


def shown_code(code: str) -> str:
    """A code as people read it: ``ACDEF-GHJKM``."""
    return f"{code[:5]}-{code[5:]}" if len(code) == LENGTH else code
