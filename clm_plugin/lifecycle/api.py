"""The door of the lifecycle."""

from clm_plugin.lifecycle.blocks import CHANNEL_NAMES, METRIC_NAMES
from clm_plugin.lifecycle.compile import compile_model, start_from
from clm_plugin.lifecycle.current import (
    current_model,
    forget_model,
    label_in,
    stage_choices,
    stage_label,
)
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
from clm_plugin.lifecycle.defaults import DEFAULT, TEMPLATES
from clm_plugin.lifecycle.forecasting import Forecast, Shift, forecast
from clm_plugin.lifecycle.gaps import load_yardsticks, recompute_gaps
from clm_plugin.lifecycle.history import TURNING, Turn, turn_of
from clm_plugin.lifecycle.holding import hold_standings
from clm_plugin.lifecycle.merging import WAY, move, settle, take_back
from clm_plugin.lifecycle.operations import forget, restage, restage_due
from clm_plugin.lifecycle.publishing import publish_model, withdraw_model
from clm_plugin.lifecycle.queries import (
    Progress,
    Readiness,
    flagged,
    last_run,
    next_due,
    readiness,
    stage_counts,
)
from clm_plugin.lifecycle.restaging import (
    request_for_gaps,
    request_restaging,
    restage_everybody,
)
from clm_plugin.lifecycle.rules import Situation, cutoffs_for, place

__all__ = [
    "CHANNELS",
    "CHANNEL_NAMES",
    "DEFAULT",
    "METRICS",
    "METRIC_NAMES",
    "TEMPLATES",
    "TURNING",
    "WAY",
    "Cutoffs",
    "Entry",
    "FlagRules",
    "Forecast",
    "Model",
    "Move",
    "Moves",
    "Placement",
    "Progress",
    "Readiness",
    "Shift",
    "Situation",
    "Stage",
    "Turn",
    "compile_model",
    "current_model",
    "cutoffs_for",
    "flagged",
    "forecast",
    "forget",
    "forget_model",
    "hold_standings",
    "label_in",
    "last_run",
    "load_yardsticks",
    "move",
    "next_due",
    "place",
    "publish_model",
    "readiness",
    "recompute_gaps",
    "request_for_gaps",
    "request_restaging",
    "restage",
    "restage_due",
    "restage_everybody",
    "settle",
    "stage_choices",
    "stage_counts",
    "stage_label",
    "start_from",
    "take_back",
    "turn_of",
    "withdraw_model",
]
