"""Guests as limits know them: by a digest of the session, where no profile is known."""

from __future__ import annotations

import hashlib


def guest_of(session_key: str) -> str:
    """24 hexadecimal digits that stand for a session; "" for none. The key is not kept."""
    if not session_key:
        return ""
    return hashlib.blake2b(session_key.encode(errors="replace"), digest_size=12).hexdigest()
