"""The door of statements."""

from clm_plugin.statements.account import statement, whole_history
from clm_plugin.statements.chip import chip
from clm_plugin.statements.data import (
    Chip,
    Earns,
    Hint,
    Line,
    LotWords,
    NotCounted,
    Purse,
    Statement,
    Terms,
    Way,
)
from clm_plugin.statements.days import until, zone_of
from clm_plugin.statements.orders import order_earned
from clm_plugin.statements.preview import earns, forget_hints, hints, kept_hints

__all__ = [
    "Chip",
    "Earns",
    "Hint",
    "Line",
    "LotWords",
    "NotCounted",
    "Purse",
    "Statement",
    "Terms",
    "Way",
    "chip",
    "earns",
    "forget_hints",
    "hints",
    "kept_hints",
    "order_earned",
    "statement",
    "until",
    "whole_history",
    "zone_of",
]
