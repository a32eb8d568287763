"""The door of segments."""

from clm_plugin.segments.conditions import KINDS
from clm_plugin.segments.data import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    NO_LABELS,
    Condition,
    Count,
    Explanation,
    Group,
    Labels,
    SegmentError,
    Subject,
)
from clm_plugin.segments.language import from_json, to_json
from clm_plugin.segments.rules import facets, holds, next_change
from clm_plugin.segments.wording import explain, sentence

__all__ = [
    "KINDS",
    "MAX_CONDITIONS",
    "MAX_DEPTH",
    "NO_LABELS",
    "Condition",
    "Count",
    "Explanation",
    "Group",
    "Labels",
    "SegmentError",
    "Subject",
    "explain",
    "facets",
    "from_json",
    "holds",
    "next_change",
    "sentence",
    "to_json",
]
