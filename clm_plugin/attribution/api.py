"""The door of attribution."""

from clm_plugin.attribution.operations import Click, credit, give_back, move, recredit, touch
from clm_plugin.attribution.queries import spend_between, spend_channels
from clm_plugin.attribution.spending import set_spend

__all__ = [
    "Click",
    "credit",
    "give_back",
    "move",
    "recredit",
    "set_spend",
    "spend_between",
    "spend_channels",
    "touch",
]
