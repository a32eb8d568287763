"""What our mixins stand before: a class of Oscar's, as the host forked it, which has no types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    OscarsOwn = Any
else:
    OscarsOwn = object
