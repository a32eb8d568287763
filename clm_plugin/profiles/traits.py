"""Names and addresses: an account's word counts; what was typed at a checkout only fills gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.profiles.folding import Trait

_LIMITS = {"email": 254, "first_name": 150, "language": 16, "country": 2}


def write_traits(traits: Mapping[int, list[Trait]]) -> None:
    """Write what a batch tells of people's names; two queries, none if nothing was told."""
    if not traits:
        return
    rows = Profile.objects.select_for_update(no_key=True).order_by("id").in_bulk(list(traits))
    changed = []
    for profile_id, told in traits.items():
        profile = rows.get(profile_id)
        if profile is None:
            continue
        before = {name: getattr(profile, name) for name in _LIMITS}
        for trait in sorted(told, key=lambda one: one.at):
            for name, value in trait.values.items():
                if trait.strong or not getattr(profile, name):
                    setattr(profile, name, value[: _LIMITS[name]])
        if any(getattr(profile, name) != value for name, value in before.items()):
            changed.append(profile)
    if changed:
        Profile.objects.bulk_update(changed, list(_LIMITS), batch_size=500)
