"""The door of on-site delivery."""

from clm_plugin.widgets.data import OVERLAY, Answer, Ask, Slot, Surroundings, Widget
from clm_plugin.widgets.decide import decide
from clm_plugin.widgets.preview import (
    preview_bundle,
    preview_popup,
    preview_survey,
    preview_survey_step,
)

__all__ = [
    "OVERLAY",
    "Answer",
    "Ask",
    "Slot",
    "Surroundings",
    "Widget",
    "decide",
    "preview_bundle",
    "preview_popup",
    "preview_survey",
    "preview_survey_step",
]
