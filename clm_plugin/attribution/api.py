"""The door of attribution."""

from clm_plugin.attribution.operations import Click, credit, move, touch

__all__ = ["Click", "credit", "move", "touch"]
