"""Makers of authored models."""

from typing import Any

from clm_plugin.lifecycle.compile import start_from
from clm_plugin.lifecycle.defaults import TEMPLATES
from clm_plugin.lifecycle.models import LifecycleModel


def stage(label: str, key: str = "", *conditions: tuple[str, Any], **fields: Any) -> tuple:
    value = {"label": label, "key": key, "entry": list(conditions), "metric": "retention", **fields}
    return ("stage", value)


def authored(*stages: tuple, name: str = "Ours", **fields: Any) -> LifecycleModel:
    """A draft, saved."""
    return LifecycleModel.objects.create(live=False, name=name, stages=list(stages), **fields)


def from_template(key: str) -> LifecycleModel:
    template = next(one for one in TEMPLATES if one.model.key == key)
    return LifecycleModel.objects.create(live=False, **start_from(template))


def publish(model: LifecycleModel) -> LifecycleModel:
    """As the editor does: a revision, published."""
    model.save_revision().publish()
    model.refresh_from_db()
    return model
