"""The base of all payloads, and the register that each of them enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

TYPES: dict[str, type[Payload]] = {}


@dataclass(frozen=True, kw_only=True)
class Payload:
    """Base of all payload classes; registers each under its ``type``."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    public: ClassVar[bool] = False
    """May come from a browser."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        TYPES[cls.type] = cls
