"""Offers made by a program: a shop's installer, a demo, tests."""

from __future__ import annotations

from typing import Any

from clm_plugin.offers.authoring import Offer


def install_offer(*, key: str, name: str, publish: bool = True, **fields: Any) -> Offer | None:
    """Make an offer; None when one with its key is there already.

    ``fields`` are those of the form; ``effect`` is one (block type, value), ``conditions`` a list
    of them. Raises ValidationError for what the form would refuse.
    """
    if Offer.objects.filter(key=key).exists():
        return None
    made = Offer(key=key, name=name, live=False)
    made.effect = [fields.pop("effect")]
    for field, value in fields.items():
        setattr(made, field, value)
    made.full_clean()
    made.save()
    revision = made.save_revision()
    if publish:
        revision.publish()
        made.refresh_from_db()
    return made
