"""Tables of surveys. Answers are events of the log and traits of the person, not rows of ours."""

from clm_plugin.surveys.authoring import Survey

__all__ = ["Survey"]
