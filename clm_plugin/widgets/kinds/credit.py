"""The chip: somebody's store credit in a few words, with the details behind a press.

A system widget: it stands in the slot ``credit`` without a campaign and without a receipt. It is
what she holds and not what was chosen for her, so no rule may withhold it and nothing is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import get_template

from clm_plugin.profiles.api import profile_id_of
from clm_plugin.statements.api import chip

if TYPE_CHECKING:
    from datetime import datetime

SLOT = "credit"


def credit_chip(customer: str, *, now: datetime) -> str:
    """The chip's HTML; "" for who has none. ``customer`` is the actor of a logged-in customer: a
    device that she has left must not tell what she holds.

    One query for who has no profile, at most four else.
    """
    profile_id = profile_id_of(customer) if customer else None
    found = chip(profile_id, now=now) if profile_id is not None else None
    if found is None:
        return ""
    return get_template("clm_plugin/widgets/credit.html").render({"chip": found})
