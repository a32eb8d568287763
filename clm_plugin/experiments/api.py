"""The door of experiments."""

from clm_plugin.experiments.assignment import in_control, is_held_out, share

__all__ = ["in_control", "is_held_out", "share"]
