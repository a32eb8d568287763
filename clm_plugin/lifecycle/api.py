"""The door of the lifecycle."""

from clm_plugin.lifecycle.current import current_model, label_in, stage_choices, stage_label
from clm_plugin.lifecycle.data import (
    CHANNELS,
    METRICS,
    Cutoffs,
    Entry,
    FlagRules,
    Model,
    Move,
    Moves,
    Placement,
    Stage,
)
from clm_plugin.lifecycle.gaps import recompute_gaps
from clm_plugin.lifecycle.history import TURNING, Turn
from clm_plugin.lifecycle.holding import hold_standings
from clm_plugin.lifecycle.operations import forget, restage, restage_due
from clm_plugin.lifecycle.queries import next_due
from clm_plugin.lifecycle.rules import DEFAULT_MODEL, STAGES, Situation, cutoffs_for, place

__all__ = [
    "CHANNELS",
    "DEFAULT_MODEL",
    "METRICS",
    "STAGES",
    "TURNING",
    "Cutoffs",
    "Entry",
    "FlagRules",
    "Model",
    "Move",
    "Moves",
    "Placement",
    "Situation",
    "Stage",
    "Turn",
    "current_model",
    "cutoffs_for",
    "forget",
    "hold_standings",
    "label_in",
    "next_due",
    "place",
    "recompute_gaps",
    "restage",
    "restage_due",
    "stage_choices",
    "stage_label",
]
