"""What an offer gives and whom it is for, as StreamField blocks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.offers.choices import programme_choices, stage_choices
from clm_plugin.picking import PickBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = Decimal(1_000_000)


def _amount(label: Any, **more: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(
        label=label, min_value=Decimal("0.01"), max_value=_MOST, decimal_places=3, **more
    )


class PercentBlock(blocks.StructBlock):
    percent = blocks.DecimalBlock(
        label=_("Per cent"), min_value=Decimal("0.01"), max_value=100, decimal_places=2
    )
    most = _amount(
        _("At most (amount)"),
        required=False,
        help_text=_("Never more than this off one order; empty: no such bound."),
    )

    class Meta:
        icon = "tag"
        label = _("Per cent off")
        description = _("A part of the price of the goods that fit.")
        label_format = _("{percent} % off")


class AmountBlock(blocks.StructBlock):
    amount = _amount(_("Amount"), help_text=_("In the offer's currency; never more than is due."))

    class Meta:
        icon = "tag"
        label = _("Amount off")
        description = _("A fixed sum off the goods that fit, shared out over their lines.")
        label_format = _("{amount} off")


class FreeShippingBlock(blocks.StructBlock):
    most = _amount(_("Shipping up to"), required=False, help_text=_("Empty: whatever it costs."))

    class Meta:
        icon = "tag"
        label = _("Free shipping")
        description = _("For one order. A pass for several orders is a trial.")
        label_format = _("Free shipping")


class GiftBlock(blocks.StructBlock):
    product = PickBlock("product", label=_("Product"), help_text=_("Choose one."))
    quantity = blocks.IntegerBlock(label=_("How many"), default=1, min_value=1, max_value=10)

    class Meta:
        icon = "tag"
        label = _("Gift or sample")
        description = _("A product that comes free with the order, once for each grant or code.")
        label_format = _("Gift or sample")


class CreditBlock(blocks.StructBlock):
    programme = blocks.ChoiceBlock(choices=programme_choices, label=_("Programme"))
    amount = _amount(_("Amount"))
    days = blocks.IntegerBlock(
        label=_("Can be spent for (days)"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("From the day it is accepted; empty: as the programme says."),
    )

    class Meta:
        icon = "tag"
        label = _("Store credit")
        description = _("A sum in the customer's account, once she accepts it.")
        label_format = _("{amount} store credit")


class MultiplierBlock(blocks.StructBlock):
    programme = blocks.ChoiceBlock(choices=programme_choices, label=_("Programme"))
    factor = blocks.DecimalBlock(
        label=_("Times"),
        min_value=Decimal("1.01"),
        max_value=20,
        decimal_places=2,
        help_text=_("2 earns twice as much. Of several only the highest counts."),
    )

    class Meta:
        icon = "tag"
        label = _("Earn more")
        description = _("Orders earn a multiple while the offer runs.")
        label_format = _("Earn {factor} times")


class TrialBlock(blocks.StructBlock):
    what = blocks.ChoiceBlock(
        label=_("What"),
        choices=[
            ("free_shipping", _("Free shipping on every order")),
            ("membership", _("Membership")),
        ],
    )
    days = blocks.IntegerBlock(label=_("For (days)"), default=7, min_value=1, max_value=366)

    class Meta:
        icon = "tag"
        label = _("Trial")
        description = _("A pass or a membership with a hard end. A sample is a gift.")
        label_format = _("Trial: {what}")


class EffectStream(blocks.StreamBlock):
    percent = PercentBlock()
    amount = AmountBlock()
    free_shipping = FreeShippingBlock()
    gift = GiftBlock()
    store_credit = CreditBlock()
    multiplier = MultiplierBlock()
    trial = TrialBlock()

    class Meta:
        min_num = 1
        max_num = 1


class MinimumBlock(blocks.StructBlock):
    amount = _amount(_("At least"), help_text=_("Goods only, tax included, before shipping."))

    class Meta:
        icon = "filter"
        label = _("Minimum basket")
        label_format = _("From {amount}")


class OnlyBlock(blocks.StructBlock):
    products = PickBlock("product", label=_("Products"), required=False)
    categories = PickBlock("category", label=_("Categories"), required=False)

    class Meta:
        icon = "filter"
        label = _("Only these goods")
        description = _("A product stands for all its variants.")
        label_format = _("Only some goods")


class NotBlock(blocks.StructBlock):
    products = PickBlock("product", label=_("Products"), required=False)
    categories = PickBlock("category", label=_("Categories"), required=False)

    class Meta:
        icon = "filter"
        label = _("Not these goods")
        label_format = _("Without some goods")


class FullPriceBlock(blocks.StaticBlock):
    class Meta:
        icon = "filter"
        label = _("Full price only")
        admin_text = _("Goods that are already reduced are left out.")


class FirstOrderBlock(blocks.StaticBlock):
    class Meta:
        icon = "filter"
        label = _("First order only")
        admin_text = _("Only for who has not ordered yet.")


class StagesBlock(blocks.StructBlock):
    stages = blocks.MultipleChoiceBlock(choices=stage_choices, label=_("Stages"))

    class Meta:
        icon = "filter"
        label = _("Stage")
        label_format = _("In a stage")


class SegmentsBlock(blocks.StructBlock):
    segments = PickBlock("segment", label=_("In one of these segments"))

    class Meta:
        icon = "filter"
        label = _("Segment")
        label_format = _("In a segment")


class ConditionStream(blocks.StreamBlock):
    minimum = MinimumBlock()
    only = OnlyBlock()
    without = NotBlock()
    full_price = FullPriceBlock()
    first_order = FirstOrderBlock()
    stages = StagesBlock()
    segments = SegmentsBlock()

    class Meta:
        block_counts: Mapping[str, Any] = {
            name: {"max_num": 1}
            for name in (
                "minimum", "only", "without", "full_price", "first_order", "stages", "segments"
            )
        }  # fmt: skip
