"""Publishing programmes and taking them offline."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.wallet.encoding import PlanError, from_json, to_json
from clm_plugin.wallet.programme_models import (
    CompiledProgramme,
    ProgrammeSet,
    ProgrammeVersion,
)

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.plan import Programme


def publish(plan: Programme, *, now: datetime) -> Programme:
    """Put a plan in force under its key, as the next version. What is granted already keeps its
    terms: they stand on the lots."""
    with transaction.atomic():
        _lock_set()  # two publishes at once would both count up from the same version
        newest = ProgrammeVersion.objects.filter(key=plan.key).order_by("-version").first()
        plan = replace(plan, version=(newest.version if newest else 0) + 1, withdrawn=False)
        stored = to_json(plan)
        ProgrammeVersion.objects.create(
            key=plan.key, version=plan.version, plan=stored, published_at=now
        )
        _put(plan, now)
    return plan


def withdraw(key: str, *, now: datetime) -> None:
    """Take a programme offline: it earns nothing more. Its credit can be spent to the last day."""
    with transaction.atomic():
        _lock_set()
        row = CompiledProgramme.objects.filter(key=key).first()
        if row is None:
            return
        try:
            plan = from_json(row.plan)
        except PlanError:  # it was not in force anyway
            row.delete()
            _renew()
            return
        _put(replace(plan, withdrawn=True), now)


def _put(plan: Programme, now: datetime) -> None:
    CompiledProgramme.objects.update_or_create(
        key=plan.key,
        defaults={"version": plan.version, "plan": to_json(plan), "compiled_at": now},
    )
    _renew()


def _lock_set() -> None:
    ProgrammeSet.objects.get_or_create(id=1)
    ProgrammeSet.objects.select_for_update().get(id=1)


def _renew() -> None:
    ProgrammeSet.objects.filter(id=1).update(version=random.SystemRandom().getrandbits(62))
