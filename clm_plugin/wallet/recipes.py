"""Programmes made by code: for demos, and for shops that keep theirs in version control."""

from __future__ import annotations

from typing import Any

from clm_plugin.wallet.authoring import Programme


def install_programme(
    *, key: str, name: str, publish: bool = True, **fields: Any
) -> Programme | None:
    """Make a programme; None when one with its key is there already.

    ``fields`` are those of the form; ``earn``, ``earn_exclusions`` and ``spend_exclusions`` are
    lists of (block type, value). Raises ValidationError for what the form would refuse.
    """
    if Programme.objects.filter(key=key).exists():
        return None
    made = Programme(key=key, name=name, live=False)
    for field, value in fields.items():
        setattr(made, field, value)
    made.full_clean()
    made.save()
    revision = made.save_revision()
    if publish:
        revision.publish()
        made.refresh_from_db()
    return made
