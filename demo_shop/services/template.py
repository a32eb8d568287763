"""A copy of the prepared demo, so that a second ``DEMO_VAR`` starts in seconds (SQLite only)."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from demo_shop.services.preparation import ROOT, code_version

if TYPE_CHECKING:
    from pathlib import Path

CACHE = ROOT / ".cache" / "demo"
DATABASE, MEDIA = "shop.sqlite3", "media"


def _current() -> Path:
    # The demo's last order is from yesterday: tomorrow's demo needs another one.
    return CACHE / f"{datetime.now(UTC):%Y%m%d}-{code_version()}"


def restore(var: Path) -> bool:
    """Fills an empty folder from the template; false where there is none."""
    template = _current()
    if (var / DATABASE).exists() or not template.exists():
        return False
    shutil.copytree(template, var, dirs_exist_ok=True)
    return True


def keep(var: Path) -> None:
    """Makes the template from a demo that was just prepared and is not running yet."""
    template = _current()
    if template.exists():
        return
    shutil.rmtree(CACHE, ignore_errors=True)
    fresh = template.with_suffix(".new")
    fresh.mkdir(parents=True)
    # SQLite's own copying: the file alone would miss what is still in the write-ahead log.
    with (
        closing(sqlite3.connect(var / DATABASE)) as source,
        closing(sqlite3.connect(fresh / DATABASE)) as target,
    ):
        source.backup(target)
    if (var / MEDIA).exists():
        shutil.copytree(var / MEDIA, fresh / MEDIA)
    fresh.rename(template)
