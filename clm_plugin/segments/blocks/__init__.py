"""The rule builder: conditions and groups of them, as StreamField blocks.

Every block is made once and stands in the stream of each depth, so that the editor's page carries
its form once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.segments.blocks import buying, credit, doing, people, told, worth
from clm_plugin.segments.blocks.base import COMBINE

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUPS = ("all", "any", "none")
DEPTH = 3
"""Groups below the outermost, which is the stream itself."""

CONDITIONS: dict[str, blocks.StructBlock] = {
    "stage": people.StageBlock(),
    "flag": people.FlagBlock(),
    "trait": told.TraitBlock(),
    "country": people.CountryBlock(),
    "language": people.LanguageBlock(),
    "consent": people.ConsentBlock(),
    "segment": people.SegmentBlock(),
    "life_event": told.LifeEventBlock(),
    "did": doing.DidBlock(),
    "did_not": doing.DidNotBlock(),
    "survey": told.SurveyBlock(),
    "channel": people.ChannelBlock(),
    "utm": people.UtmBlock(),
    "bought": buying.BoughtBlock(),
    "never_bought": buying.NeverBoughtBlock(),
    "bought_not": buying.BoughtNotBlock(),
    "viewed_not_bought": buying.ViewedNotBoughtBlock(),
    "basket": buying.BasketBlock(),
    "favourite": buying.FavouriteBlock(),
    "money": worth.MoneyBlock(),
    "number": worth.NumberBlock(),
    "days": worth.DaysBlock(),
    "rfm": worth.RfmBlock(),
    "store_credit": credit.StoreCreditBlock(),
    "predicted_value": worth.PredictedValueBlock(),
    "predicted_churn": worth.PredictedChurnBlock(),
}

_GROUP_WORDS: dict[str, dict[str, Any]] = {
    "all": {
        "label": _("All of these"), "icon": "list-ul",
        "description": _("Every condition inside must hold."),
    },
    "any": {
        "label": _("Any of these"), "icon": "plus",
        "description": _("One condition inside is enough: “or”."),
    },
    "none": {
        "label": _("None of these"), "icon": "cross",
        "description": _("No condition inside may hold: “not”."),
    },
}  # fmt: skip


class GroupBlock(blocks.StreamBlock):
    """Conditions inside a group; which kind of group is the name it has in its parent."""

    class Meta:
        required = False
        group = COMBINE
        form_classname = "clm-group"


def _members(depth: int) -> Sequence[tuple[str, blocks.Block]]:
    groups = (
        [(name, GroupBlock(_members(depth - 1), **words)) for name, words in _GROUP_WORDS.items()]
        if depth
        else []
    )
    return [*CONDITIONS.items(), *groups]


class RulesStream(blocks.StreamBlock):
    """The outermost group, of kind "all"."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(local_blocks or _members(DEPTH), **kwargs)

    class Meta:
        required = False
