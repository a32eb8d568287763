"""The door of segments."""

from clm_plugin.segments.changes import ALL, BACKFILL, MERGE, REBUILD, SILENT, STAGE_FACETS, Change
from clm_plugin.segments.compile import compile_segment
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
from clm_plugin.segments.evaluation import evaluate, refresh
from clm_plugin.segments.facets import touched_by_types
from clm_plugin.segments.labels import labels_for
from clm_plugin.segments.language import condition_from_json, from_json, to_json
from clm_plugin.segments.membership import review, review_due
from clm_plugin.segments.micro import recompute_micro
from clm_plugin.segments.nightly import regroup_scored
from clm_plugin.segments.publishing import drop_list, publish, purge, withdraw
from clm_plugin.segments.queries import (
    Inside,
    MicroSize,
    Size,
    Told,
    broken_segments,
    history,
    member_ids,
    members,
    micro_counts,
    micro_of,
    movement,
    next_due,
    personas_of,
    rfm_of,
    segment_names,
    segments_of,
    segments_of_many,
    sizes,
)
from clm_plugin.segments.reading import read_subjects
from clm_plugin.segments.recipes import install_segment, ready_made
from clm_plugin.segments.rfm import (
    NOT_YET,
    Cell,
    Matrix,
    Score,
    heat_map,
    name_counts,
    rfm_as_of,
    score_buyers,
    transitions,
)
from clm_plugin.segments.rfm_rules import (
    ENOUGH_BUYERS,
    FREQUENCY_ORDERS,
    MONEY_ORDERS,
    RECENCY_DAYS,
)
from clm_plugin.segments.rfm_rules import NAMES as RFM_NAMES
from clm_plugin.segments.rules import facets, holds, next_change
from clm_plugin.segments.sensitive import Hidden, hidden_from
from clm_plugin.segments.sql import count, matching, sample
from clm_plugin.segments.static import add_members, forget, move, remove_members, unmove
from clm_plugin.segments.wording import explain, phrase, sentence

__all__ = [
    "ALL",
    "BACKFILL",
    "ENOUGH_BUYERS",
    "FREQUENCY_ORDERS",
    "KINDS",
    "MAX_CONDITIONS",
    "MAX_DEPTH",
    "MERGE",
    "MONEY_ORDERS",
    "NOT_YET",
    "NO_LABELS",
    "REBUILD",
    "RECENCY_DAYS",
    "RFM_NAMES",
    "SILENT",
    "STAGE_FACETS",
    "Cell",
    "Change",
    "Condition",
    "Count",
    "Explanation",
    "Group",
    "Hidden",
    "Inside",
    "Labels",
    "Matrix",
    "MicroSize",
    "Score",
    "SegmentError",
    "Size",
    "Subject",
    "Told",
    "add_members",
    "broken_segments",
    "compile_segment",
    "condition_from_json",
    "count",
    "drop_list",
    "evaluate",
    "explain",
    "facets",
    "forget",
    "from_json",
    "heat_map",
    "hidden_from",
    "history",
    "holds",
    "install_segment",
    "labels_for",
    "matching",
    "member_ids",
    "members",
    "micro_counts",
    "micro_of",
    "move",
    "movement",
    "name_counts",
    "next_change",
    "next_due",
    "personas_of",
    "phrase",
    "publish",
    "purge",
    "read_subjects",
    "ready_made",
    "recompute_micro",
    "refresh",
    "regroup_scored",
    "remove_members",
    "review",
    "review_due",
    "rfm_as_of",
    "rfm_of",
    "sample",
    "score_buyers",
    "segment_names",
    "segments_of",
    "segments_of_many",
    "sentence",
    "sizes",
    "to_json",
    "touched_by_types",
    "transitions",
    "unmove",
    "withdraw",
]
