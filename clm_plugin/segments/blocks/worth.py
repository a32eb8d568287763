"""Blocks about what people are worth: money, numbers, days, RFM, predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from clm_plugin.segments import conditions
from clm_plugin.segments.blocks import choices
from clm_plugin.segments.blocks.base import WORTH, ConditionBlock, amount, given, least, minor, most

if TYPE_CHECKING:
    from collections.abc import Mapping


class MoneyBlock(ConditionBlock):
    figure = blocks.ChoiceBlock(
        choices=[
            ("spend", _("Spent in all")),
            ("average_order", _("Average order")),
            ("margin", _("Margin in all")),
            ("refunded", _("Refunded in all")),
        ],
        default="spend",
        label=_("Amount"),
    )
    at_least = amount(_("At least"))
    at_most = amount(_("At most"))

    makes = conditions.Figure
    one_of = ("at_least", "at_most")

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return given(
            figure=value["figure"],
            at_least=minor(value.get("at_least")),
            at_most=minor(value.get("at_most")),
        )

    class Meta:
        icon = "order-up"
        label = _("Spent an amount")
        label_format = _("{figure}: {at_least} to {at_most}")
        description = _("Money over all time, in the shop's currency; cancelled orders left out.")
        group = WORTH
        form_classname = "struct-block clm-cond clm-cond--three"


class NumberBlock(ConditionBlock):
    figure = blocks.ChoiceBlock(
        choices=[
            ("orders", _("Orders")),
            ("items", _("Items bought")),
            ("sessions", _("Visits")),
            ("product_views", _("Products viewed")),
            ("page_views", _("Pages viewed")),
        ],
        default="orders",
        label=_("Number of"),
    )
    at_least = least()
    at_most = most()

    makes = conditions.Figure
    one_of = ("at_least", "at_most")

    class Meta:
        icon = "list-ol"
        label = _("Has a number of orders or visits")
        label_format = _("{figure}: {at_least} to {at_most}")
        description = _("Counts over all time.")
        group = WORTH
        form_classname = "struct-block clm-cond clm-cond--three"


class DaysBlock(ConditionBlock):
    figure = blocks.ChoiceBlock(
        choices=[
            ("days_since_last_order", _("Since the last order")),
            ("days_since_first_order", _("Since the first order")),
            ("days_since_last_seen", _("Since the last visit")),
            ("days_since_registered", _("Since the account was made")),
            ("gap_days", _("Between two orders, on average")),
        ],
        default="days_since_last_order",
        label=_("Days"),
    )
    at_least = least()
    at_most = most()

    makes = conditions.Figure
    one_of = ("at_least", "at_most")

    class Meta:
        icon = "time"
        label = _("So many days since")
        label_format = _("Days {figure}: {at_least} to {at_most}")
        description = _("How long ago something was, or the usual gap between two orders.")
        group = WORTH
        form_classname = "struct-block clm-cond clm-cond--three"


def _score(label: Any) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=label, required=False, min_value=1, max_value=5)


class RfmBlock(ConditionBlock):
    names = blocks.MultipleChoiceBlock(
        choices=choices.rfm_names, label=_("Named segments"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    r_min = _score(_("Recency from"))
    r_max = _score(_("Recency to"))
    f_min = _score(_("Frequency from"))
    f_max = _score(_("Frequency to"))
    m_min = _score(_("Money from"))
    m_max = _score(_("Money to"))

    makes = conditions.Rfm
    ranges = (("r_min", "r_max"), ("f_min", "f_max"), ("m_min", "m_max"))
    one_of = ("names", "r_min", "r_max", "f_min", "f_max", "m_min", "m_max")

    class Meta:
        icon = "table"
        label = _("Has an RFM name or score")
        label_format = _("RFM: {names}")
        description = _("How recently, how often and for how much they buy; 5 is best.")
        group = WORTH
        form_layout = BlockGroup(
            [
                "names",
                BlockGroup(
                    ["r_min", "r_max", "f_min", "f_max", "m_min", "m_max"], heading=_("Scores")
                ),
            ]
        )


class PredictedValueBlock(ConditionBlock):
    at_least = amount(_("At least"))
    at_most = amount(_("At most"))

    makes = conditions.Predicted
    one_of = ("at_least", "at_most")

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return given(
            measure="value",
            at_least=minor(value.get("at_least")),
            at_most=minor(value.get("at_most")),
        )

    class Meta:
        icon = "order-up"
        label = _("Has a predicted value")
        label_format = _("Predicted value: {at_least} to {at_most}")
        description = _("What they will probably spend; needs the value model.")
        group = WORTH


class PredictedChurnBlock(ConditionBlock):
    at_least = least(_("At least (%)"), max_value=100)
    at_most = most(_("At most (%)"), max_value=100)

    makes = conditions.Predicted
    one_of = ("at_least", "at_most")

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        shares = {
            name: value[name] / 100
            for name in ("at_least", "at_most")
            if value.get(name) is not None
        }
        return {"measure": "churn", **shares}

    class Meta:
        icon = "warning"
        label = _("Has a predicted churn")
        label_format = _("Predicted churn: {at_least} % to {at_most} %")
        description = _("How likely they are gone for good; needs the value model.")
        group = WORTH
