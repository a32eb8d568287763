"""The door of recommendations."""

from clm_plugin.recommendations.copurchase import NumericsMissing
from clm_plugin.recommendations.data import Bundle, Floors, Neighbour, Suggestion
from clm_plugin.recommendations.operations import rebuild
from clm_plugin.recommendations.queries import (
    bought_together,
    bundle,
    complete_basket,
    forget,
    generation,
)
from clm_plugin.recommendations.rules import vote

__all__ = [
    "Bundle",
    "Floors",
    "Neighbour",
    "NumericsMissing",
    "Suggestion",
    "bought_together",
    "bundle",
    "complete_basket",
    "forget",
    "generation",
    "rebuild",
    "vote",
]
