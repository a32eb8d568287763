"""System checks of the settings of privacy."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.checks import CheckMessage, Error

from clm_plugin.conf import settings
from clm_plugin.privacy.retention import names


def check_privacy() -> list[CheckMessage]:
    """clm.E012 what is to be purged, clm.E013 the erasure journal."""
    return [*_retention(), *_journal()]


def _retention() -> list[CheckMessage]:
    given = settings.RETENTION
    if given is None:
        return []
    if not isinstance(given, dict):
        return [Error('CLM["RETENTION"] must be a dictionary.', id="clm.E012")]
    known = names()
    found: list[CheckMessage] = [
        Error(
            f'CLM["RETENTION"] names {name!r}, which is nothing that can be purged.',
            hint=f"Event types and tables: {', '.join(sorted(known))}.",
            id="clm.E012",
        )
        for name in sorted(set(map(str, given)) - known)
    ]
    found += [
        Error(
            f'CLM["RETENTION"]["{name}"] must be a whole number of days from 1, or None (keep).',
            id="clm.E012",
        )
        for name, days in given.items()
        if days is not None and (not isinstance(days, int) or isinstance(days, bool) or days < 1)
    ]
    return found


def _journal() -> list[CheckMessage]:
    path = settings.ERASURE_JOURNAL
    if not path:
        return []
    target = Path(path) if Path(path).exists() else Path(path).parent
    if Path(path).is_dir() or not os.access(target, os.W_OK):
        return [
            Error(
                f'CLM["ERASURE_JOURNAL"] = {path!r} cannot be written.',
                hint="Name a file in a folder that all processes may write, outside the database"
                " and its backups; without it nobody is erased.",
                id="clm.E013",
            )
        ]
    return []
