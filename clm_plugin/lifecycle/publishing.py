"""Putting a model into use, and taking it out. Everybody is placed anew in the background."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin import jobs
from clm_plugin.lifecycle.compile import compile_model
from clm_plugin.lifecycle.current import forget_model
from clm_plugin.lifecycle.encoding import model_to_json
from clm_plugin.lifecycle.history import MODEL
from clm_plugin.lifecycle.models import CurrentModel, LifecycleModel
from clm_plugin.lifecycle.restaging import request_restaging

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.lifecycle.data import Model
    from clm_plugin.lifecycle.models import Restaging

TASK = "clm_plugin.restage"


def publish_model(authored: LifecycleModel, *, now: datetime) -> Restaging:
    """Put an authored model into use in place of the one before, which is unpublished."""
    with transaction.atomic():
        run = use(compile_model(authored), source=str(authored.pk), now=now)
        for other in LifecycleModel.objects.filter(live=True).exclude(pk=authored.pk):
            other.unpublish()
    return run


def withdraw_model(source: str, *, now: datetime) -> Restaging | None:
    """An authored model was unpublished or deleted: if it was in use, the built-in one is now."""
    with transaction.atomic():
        row = CurrentModel.objects.select_for_update().filter(source=source).first()
        return use(None, source="", now=now) if row else None


def use(model: Model | None, *, source: str, now: datetime) -> Restaging:
    """Make a model the one in use (None: the built-in one) and ask for everybody's placing."""
    with transaction.atomic():
        version = 1 + secrets.randbits(62)
        CurrentModel.objects.update_or_create(
            id=1,
            defaults={
                "version": version,
                "source": source,
                "model": model_to_json(model) if model else {},
                "since": now,
                "restaged_to": 0,
            },
        )
        run = request_restaging(cause=MODEL, version=version, now=now)
        forget_model()
        transaction.on_commit(_start)
    return run


def _start() -> None:
    forget_model()
    jobs.send_soon(TASK)
