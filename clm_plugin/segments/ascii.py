"""Capitals do not matter, for A to Z and nothing else: the same in every database and locale."""

from __future__ import annotations

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def ascii_lower(text: str) -> str:
    return text.translate(_LOWER)
