"""The door of the lifecycle."""

from clm_plugin.lifecycle.data import Cutoffs, Move, Placement, Stage
from clm_plugin.lifecycle.rules import DEFAULT_MODEL, STAGES, Situation, cutoffs_for, place

__all__ = [
    "DEFAULT_MODEL", "STAGES", "Cutoffs", "Move", "Placement", "Situation", "Stage", "cutoffs_for",
    "place",
]
