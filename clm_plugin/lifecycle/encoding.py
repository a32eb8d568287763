"""A model to JSON values and back. Pure; durations in seconds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from clm_plugin.lifecycle.data import Entry, FlagRules, Model, Stage

_DURATIONS = {"basket_within", "silent_for", "bought_within"}


def model_to_json(model: Model) -> dict[str, Any]:
    """Without ``version`` and ``since``, which belong to the row that holds it."""
    return {
        "key": model.key,
        "name": model.name,
        "flags": asdict(model.flags),
        "stages": [
            {
                **asdict(stage),
                "channels": list(stage.channels),
                "entry": {
                    name: value.total_seconds() if isinstance(value, timedelta) else value
                    for name, value in asdict(stage.entry).items()
                },
            }
            for stage in model.stages
        ],
    }


def model_from_json(data: dict[str, Any]) -> Model:
    """The model that ``model_to_json`` wrote."""
    return Model(
        key=data["key"],
        version=0,
        name=data["name"],
        flags=FlagRules(**data["flags"]),
        stages=tuple(_stage(stage) for stage in data["stages"]),
    )


def _stage(data: dict[str, Any]) -> Stage:
    entry: dict[str, Any] = {
        name: timedelta(seconds=value) if name in _DURATIONS and value is not None else value
        for name, value in data["entry"].items()
    }
    return Stage(**{**data, "channels": tuple(data["channels"]), "entry": Entry(**entry)})
