"""The door of the lifecycle."""

from clm_plugin.lifecycle.data import Cutoffs, Move, Placement, Stage
from clm_plugin.lifecycle.gaps import recompute_gaps
from clm_plugin.lifecycle.history import TURNING, Turn
from clm_plugin.lifecycle.operations import forget, restage, restage_due
from clm_plugin.lifecycle.queries import next_due
from clm_plugin.lifecycle.rules import DEFAULT_MODEL, STAGES, Situation, cutoffs_for, place

__all__ = [
    "DEFAULT_MODEL",
    "STAGES",
    "TURNING",
    "Cutoffs",
    "Move",
    "Placement",
    "Situation",
    "Stage",
    "Turn",
    "cutoffs_for",
    "forget",
    "next_due",
    "place",
    "recompute_gaps",
    "restage",
    "restage_due",
]
