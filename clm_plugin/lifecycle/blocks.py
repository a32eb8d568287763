"""What marketers make a lifecycle model of: stages and their entry rules, as StreamField blocks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from clm_plugin.lifecycle.data import CHANNELS, METRICS

KEY_LENGTH = 32
MOST_STAGES = 12
_MOST_DAYS = 3_650
_MOST_GAPS = 20

METRIC_NAMES = {
    "visitors": _("Visitors and cost per new visitor"),
    "conversion": _("Conversion rate and payback"),
    "second_order": _("Time to the second order and click rate"),
    "retention": _("Retention and churn rate"),
    "frequency": _("Purchase frequency"),
    "referral": _("Referral rate"),
}
CHANNEL_NAMES = {
    "search": _("Search"),
    "ads": _("Paid ads"),
    "social": _("Social media"),
    "affiliates": _("Affiliates"),
    "site": _("The shop's pages"),
    "mail": _("E-mail"),
    "push": _("Push messages"),
    "messaging": _("Text messages"),
    "service": _("Customer service"),
    "store": _("Shops in town"),
}
_METRICS = [(key, METRIC_NAMES[key]) for key in METRICS]
_CHANNELS = [(key, CHANNEL_NAMES[key]) for key in CHANNELS]


class KnownBlock(blocks.StaticBlock):
    class Meta:
        icon = "user"
        label = _("Is known")
        admin_text = _("Has an account or an e-mail address.")


class EngagedBlock(blocks.StructBlock):
    views = blocks.IntegerBlock(label=_("Products viewed, at least"), default=3, min_value=1)

    class Meta:
        icon = "view"
        label = _("Is known, or has viewed products")
        label_format = _("Known, or {views} products viewed")


class ViewsBlock(blocks.StructBlock):
    at_least = blocks.IntegerBlock(label=_("At least"), default=3, min_value=1)

    class Meta:
        icon = "view"
        label = _("Has viewed products")
        label_format = _("Products viewed: {at_least} or more")


class OrdersBlock(blocks.StructBlock):
    at_least = blocks.IntegerBlock(label=_("At least"), default=1, min_value=0)
    at_most = blocks.IntegerBlock(label=_("At most"), required=False, min_value=0)

    class Meta:
        icon = "list-ol"
        label = _("Has this many orders")
        label_format = _("Orders: {at_least} to {at_most}")

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        least, most = value.get("at_least"), value.get("at_most")
        if least is not None and most is not None and most < least:
            raise StructBlockValidationError(
                {"at_most": ValidationError(gettext("Not less than “at least”, or nobody fits."))}
            )
        return value


class SpendBlock(blocks.StructBlock):
    at_least = blocks.DecimalBlock(
        label=_("At least"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("In the shop's currency, over all orders that were not cancelled."),
    )

    class Meta:
        icon = "tag"
        label = _("Has spent")
        label_format = _("Spent: {at_least} or more")


class BasketBlock(blocks.StructBlock):
    within_days = blocks.IntegerBlock(
        label=_("Changed within (days)"), default=30, min_value=1, max_value=_MOST_DAYS
    )

    class Meta:
        icon = "clm-basket"
        label = _("Has something in the basket")
        label_format = _("Basket changed within {within_days} days")


class _SinceOrderBlock(blocks.StructBlock):
    gaps = blocks.FloatBlock(
        label=_("Purchase gaps"),
        required=False,
        min_value=0.1,
        max_value=_MOST_GAPS,
        help_text=_(
            "Times the usual time between two orders: the person's own, else that of the category,"
            " else the shop's."
        ),
    )
    days = blocks.IntegerBlock(
        label=_("Days"), required=False, min_value=1, max_value=_MOST_DAYS,
        help_text=_("In place of gaps, or besides."),
    )  # fmt: skip

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not self.is_deferred_validation and not (value.get("gaps") or value.get("days")):
            raise StructBlockValidationError(
                {"gaps": ValidationError(gettext("Say how long: in purchase gaps or in days."))}
            )
        return value


class SilentBlock(_SinceOrderBlock):
    class Meta:
        icon = "history"
        label = _("Has been silent: last order at least so long ago")
        label_format = _("Silent for {gaps} gaps {days} days")


class BoughtBlock(_SinceOrderBlock):
    class Meta:
        icon = "history"
        label = _("Bought lately: last order less than so long ago")
        label_format = _("Bought within {gaps} gaps {days} days")


class EntryStream(blocks.StreamBlock):
    known = KnownBlock()
    engaged = EngagedBlock()
    views = ViewsBlock()
    basket = BasketBlock()
    orders = OrdersBlock()
    spend = SpendBlock()
    silent = SilentBlock()
    bought = BoughtBlock()

    class Meta:
        required = False
        block_counts = {
            name: {"max_num": 1}
            for name in (
                "known", "engaged", "views", "basket", "orders", "spend", "silent", "bought"
            )
        }  # fmt: skip


class StageBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Name"), max_length=60)
    key = blocks.RegexBlock(
        regex=r"^[a-z0-9][a-z0-9-]{0,31}$",
        label=_("Key"),
        required=False,
        help_text=_(
            "Small letters, digits and dashes; made from the name when left empty. Campaigns and"
            " history refer to it: keep it when you rename or move a stage."
        ),
    )
    entry = EntryStream(
        label=_("Entry rule"),
        required=False,
        help_text=_("All of these must hold. Everybody is in the last stage whose rule holds."),
    )
    loss = blocks.BooleanBlock(
        label=_("A loss"),
        required=False,
        help_text=_("People here are on their way out; shown apart and counted as lost."),
    )
    metric = blocks.ChoiceBlock(label=_("Headline metric"), choices=_METRICS, default="retention")
    channels = blocks.MultipleChoiceBlock(
        label=_("Channels"),
        choices=_CHANNELS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where these people are met."),
    )
    goal = blocks.CharBlock(
        label=_("Goal"), max_length=120, required=False, help_text=_("What is to happen next.")
    )

    class Meta:
        icon = "clm-lifecycle"
        label = _("Stage")
        label_format = "{label}"
        form_layout = BlockGroup(
            [
                "label",
                "entry",
                "loss",
                BlockGroup(["goal", "metric", "channels"], heading=_("On the board")),
                BlockGroup(["key"], heading=_("Key")),
            ]
        )


class StageStream(blocks.StreamBlock):
    """The stages in their order. What is wrong is told at the stage that is wrong."""

    stage = StageBlock()

    class Meta:
        min_num = 2
        collapsed = True
        max_num = MOST_STAGES

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be incomplete: Wagtail saves it while one types
        errors: dict[int, ValidationError] = {}
        seen: set[str] = set()
        for number, child in enumerate(cleaned):
            stage = child.value
            stage["key"] = key = stage["key"] or slugify(stage["label"])[:KEY_LENGTH].strip("-")
            if not key:
                errors[number] = _wrong("key", gettext("Give a key in Latin letters."))
            elif key in seen:
                errors[number] = _wrong(
                    "key", gettext("Another stage has the key “%(key)s”.") % {"key": key}
                )
            seen.add(key)
            if number == 0 and stage["entry"]:
                errors[0] = _wrong(
                    "entry", gettext("The first stage takes everybody: take its conditions out.")
                )
            elif number and not stage["entry"]:
                errors[number] = _wrong(
                    "entry",
                    gettext("Add a condition: without one everybody is here, and nobody before."),
                )
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        return cleaned


def _wrong(field: str, text: str) -> ValidationError:
    inner: Any = ValidationError(text)
    if field == "entry":
        inner = StreamBlockValidationError(non_block_errors=[inner])
    error: ValidationError = StructBlockValidationError({field: inner})
    return error
