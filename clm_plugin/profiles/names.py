"""Names of people: the kinds of the identity graph, and one spelling for addresses and numbers.

Pure. Addresses and numbers are names by their hash only, so that the graph holds none in clear.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

EMAIL, PHONE, GUEST = "email:", "phone:", "guest:"
KINDS = ("visitor:", "customer:", "basket:", GUEST, EMAIL, PHONE, "ext:", "profile:")
"""``ext:<source>:<id>`` is another system's id; ``guest:<hash>`` an address typed at checkouts;
``profile:<id>`` our own, also of a profile that has been merged since."""
PROVEN = "contact.verified"
"""The type of event by which the shop says that an address or a number is the actor's own."""

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_WRITTEN = str.maketrans("", "", " \t\u00a0\u2009\u202f-\u2010\u2011\u2013./()")


def normalise_email(email: str) -> str:
    """One spelling of an address: NFKC, trimmed, lower case, IDNA domain; "" when it is none."""
    local, _, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    if not local or not domain:
        return ""
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"{local}@{domain}"


def email_hash(email: str) -> str:
    """SHA-256 of the normalised address, hexadecimal."""
    return hashlib.sha256(normalise_email(email).encode()).hexdigest()


def normalise_phone(number: str) -> str:
    """A number as E.164 (``+442079460123``); "" when it is none.

    It must be international: a plus (or 00), a country code and 7 to 15 digits in all. Blanks,
    dashes, points, slashes and brackets go, and so does the trunk zero in ``+44 (0)20``. A national
    number is refused and not guessed at: the same digits are somebody else's in the next country.
    """
    if len(number) > 40:
        return ""
    text = unicodedata.normalize("NFKC", number).strip().replace("(0)", "").translate(_WRITTEN)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    return text if _NUMBER.match(text) and text.isascii() else ""


def phone_hash(number: str) -> str:
    """SHA-256 of the number as E.164, hexadecimal."""
    return hashlib.sha256(normalise_phone(number).encode()).hexdigest()


def is_claim(actor: str) -> bool:
    """Whether a link of this kind is only somebody's word: it names a person and joins nobody."""
    return actor.startswith((EMAIL, PHONE))


def proven_names(payload: dict[str, str]) -> list[str]:
    """What a ``contact.verified`` event proves to be the actor's: hashes, and guest orders."""
    names = []
    if normalise_email(payload.get("email", "")):
        hashed = email_hash(payload["email"])
        names += [f"{EMAIL}{hashed}", f"{GUEST}{hashed}"]
    if normalise_phone(payload.get("phone", "")):
        names.append(f"{PHONE}{phone_hash(payload['phone'])}")
    return names


def is_device(actor: str) -> bool:
    """Whether a name is a thing's that several people may use in turn: a device or a basket."""
    return actor.startswith(("visitor:", "basket:")) or (
        actor.startswith("ext:") and actor.split(":", 2)[-1].startswith("anon-")
    )


def system_of(actor: str) -> str:
    """The other system (``ext:<source>``) whose user this names; "" for all other names."""
    if not actor.startswith("ext:") or is_device(actor):
        return ""
    return ":".join(actor.split(":", 2)[:2])
