"""What is to be drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One picture: the kind of thing, its pattern and colour, and a detail such as a word."""

    kind: str
    pattern: str = "plain"
    colour: str = "red"
    detail: str = ""
