"""The erasure journal: a file outside the database, so that a restored backup can be put right.

One line of JSON an erasure, with keyed hashes only. Appended and synced before the erasure is
committed: a line too many erases nobody twice, a line too few would bring somebody back.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from clm_plugin.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Entry:
    erased_at: datetime
    hashes: frozenset[UUID]


def append(hashes: Iterable[UUID], *, at: datetime) -> bool:
    """Write an erasure down; False where no journal is set. Raises OSError when it cannot."""
    path = settings.ERASURE_JOURNAL
    if not path:
        return False
    line = json.dumps({"erased_at": at.isoformat(), "hashes": sorted(each.hex for each in hashes)})
    handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        # One write: lines of two processes do not mix. A line cut short by a crash stands alone.
        os.write(handle, f"\n{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def read() -> Iterator[Entry]:
    """All entries, oldest first; a line that a crash cut short is skipped."""
    path = settings.ERASURE_JOURNAL
    if not path or not Path(path).exists():
        return
    with Path(path).open() as lines:
        for line in lines:
            try:
                found = json.loads(line)
                yield Entry(
                    datetime.fromisoformat(found["erased_at"]),
                    frozenset(UUID(each) for each in found["hashes"]),
                )
            except (ValueError, KeyError, TypeError):
                continue
