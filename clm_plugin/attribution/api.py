"""The door of attribution."""

from clm_plugin.attribution.operations import Click, credit, give_back, move, recredit, touch
from clm_plugin.attribution.queries import spend_between, spend_channels

__all__ = [
    "Click",
    "credit",
    "give_back",
    "move",
    "recredit",
    "spend_between",
    "spend_channels",
    "touch",
]
