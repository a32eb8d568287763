"""The lifecycle model in use: read by version, held in memory; and what its stages are called."""

from __future__ import annotations

from dataclasses import replace

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.utils.translation import gettext

from clm_plugin.lifecycle.data import Model
from clm_plugin.lifecycle.defaults import DEFAULT, DEFAULT_KEY
from clm_plugin.lifecycle.encoding import model_from_json
from clm_plugin.lifecycle.models import CurrentModel

_held: Model = DEFAULT
_request = Local()
"""Inside a request: the model, once it was read there. A page asks for many stages' names."""


def current_model() -> Model:
    """The lifecycle model in use; one cheap query, and at most one a request."""
    known: Model | None = getattr(_request, "model", None)
    if known is not None:
        return known
    model, _ = read_model()
    if getattr(_request, "open", False):
        _request.model = model
    return model


def read_model() -> tuple[Model, int | None]:
    """The model in use as of now, and up to which profile id people stand by it (None: all)."""
    global _held
    row = CurrentModel.objects.values_list("version", "restaged_to").first()
    if row is None:
        return DEFAULT, None
    version, restaged_to = row
    if _held.version != version:
        _held = _load()
    return _held, restaged_to


def _load() -> Model:
    row = CurrentModel.objects.get()
    if not row.source:
        return replace(DEFAULT, version=row.version, since=row.since)
    return replace(model_from_json(row.model), version=row.version, since=row.since)


def forget_model() -> None:
    """Drop what is held in memory (after a publish; tests)."""
    global _held
    _held = DEFAULT
    _request.model = None


def stage_choices() -> list[tuple[str, str]]:
    """(key, name) of the stages in use, in their order and in the active language."""
    model = current_model()
    return [(stage.key, label_in(model, stage.label)) for stage in model.stages]


def stage_label(key: str) -> str:
    """The name of a stage, of the model in use or of the built-in one; else its key in words.

    History keeps the stages of models that are gone.
    """
    if not key:
        return ""
    for model in (current_model(), DEFAULT):
        stage = model.stage(key)
        if stage is not None:
            return label_in(model, stage.label)
    return key.replace("-", " ").replace("_", " ").capitalize()


def label_in(model: Model, text: str) -> str:
    """A text of a model (name, label, goal): the built-in one's translated, others as written."""
    return gettext(text) if model.key == DEFAULT_KEY and text else text


def _open_request(**_: object) -> None:
    _request.open, _request.model = True, None


def _close_request(**_: object) -> None:
    _request.open, _request.model = False, None


request_started.connect(_open_request)
request_finished.connect(_close_request)
