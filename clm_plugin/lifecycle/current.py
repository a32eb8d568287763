"""The lifecycle model in use: read by version, held in memory; and what its stages are called."""

from __future__ import annotations

from django.utils.translation import gettext

from clm_plugin.lifecycle.data import Model
from clm_plugin.lifecycle.defaults import DEFAULT, DEFAULT_KEY


def current_model() -> Model:
    """The lifecycle model in use; at most one cheap query, and one a request."""
    return DEFAULT


def stage_choices() -> list[tuple[str, str]]:
    """(key, name) of the stages in use, in their order and in the active language."""
    model = current_model()
    return [(stage.key, label_in(model, stage.label)) for stage in model.stages]


def stage_label(key: str) -> str:
    """The name of a stage, of the model in use or of the built-in one; else its key in words.

    History keeps the stages of models that are gone.
    """
    for model in (current_model(), DEFAULT):
        stage = model.stage(key)
        if stage is not None:
            return label_in(model, stage.label)
    return key.replace("-", " ").replace("_", " ").capitalize()


def label_in(model: Model, text: str) -> str:
    """A text of a model (label, goal): the built-in one's translated, an author's as written."""
    return gettext(text) if model.key == DEFAULT_KEY and text else text
