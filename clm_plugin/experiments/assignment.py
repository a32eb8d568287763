"""Who gets which variant: stable, stateless, by hash. Pure but for the one setting."""

from __future__ import annotations

import hashlib

from clm_plugin.conf import settings


def share(salt: str, unit: str) -> float:
    """A number in [0, 1) that is uniform over units and independent between salts.

    The first 53 bits of BLAKE2b over salt and unit, so that it is the same in every process, every
    language and every release.
    """
    digest = hashlib.blake2b(f"{salt}\x1f{unit}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def is_held_out(profile_id: int) -> bool:
    """Whether a profile is in the global holdout: it never gets any campaign."""
    return share("global-holdout", str(profile_id)) < float(settings.GLOBAL_HOLDOUT)


def in_control(campaign: str, profile_id: int, holdout: float) -> bool:
    """Whether a profile is in the control group of one campaign."""
    return holdout > 0 and share(f"control:{campaign}", str(profile_id)) < holdout
