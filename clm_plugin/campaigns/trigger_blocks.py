"""What starts a campaign, and whom it is for, as StreamField blocks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.campaigns.choices import event_choices, segment_choices, stage_choices


class BasketIdleBlock(blocks.StructBlock):
    idle_minutes = blocks.IntegerBlock(
        label=_("Idle for (minutes)"),
        default=30,
        min_value=5,
        max_value=10_080,
        help_text=_("How long a basket rests before it counts as abandoned."),
    )

    class Meta:
        icon = "time"
        label = _("Basket left behind")
        label_format = _("Basket left behind for {idle_minutes} minutes")
        description = _("A basket with something in it has not been touched for a while.")


class ExitSignalBlock(blocks.StructBlock):
    min_product_views = blocks.IntegerBlock(
        label=_("Products viewed, at least"),
        default=3,
        min_value=0,
        max_value=100,
        help_text=_("Who has seen less is not interested enough to be stopped at the door."),
    )
    empty_basket = blocks.BooleanBlock(
        label=_("Only with an empty basket"), default=True, required=False
    )

    class Meta:
        icon = "logout"
        label = _("About to leave")
        description = _("The pointer leaves through the top edge, or the like on a phone.")


class SlotBlock(blocks.StructBlock):
    slot = blocks.RegexBlock(
        regex=r"^[a-z][a-z0-9-]{0,63}$",
        label=_("Slot"),
        default="product-bundle",
        help_text=_("The name a page gives in its clm_slot tag."),
    )

    class Meta:
        icon = "doc-full-inverse"
        label = _("A page asks for its slot")
        description = _("Shown wherever a template has this slot.")


def _stages(label: object, **options: object) -> blocks.MultipleChoiceBlock:
    return blocks.MultipleChoiceBlock(
        choices=stage_choices, label=label, widget=forms.CheckboxSelectMultiple, **options
    )


class StageEnteredBlock(blocks.StructBlock):
    stages = _stages(_("Stages"))
    came_from = _stages(
        _("Coming from"), required=False, help_text=_("Leave empty: wherever she comes from.")
    )

    class Meta:
        icon = "login"
        label = _("Enters a stage")
        description = _("The moment somebody moves into a stage; ends when she leaves it.")
        label_format = _("Enters: {stages}")


class StageLeftBlock(blocks.StructBlock):
    stages = _stages(_("Stages"))

    class Meta:
        icon = "logout"
        label = _("Leaves a stage")
        description = _("The moment somebody moves out of a stage.")
        label_format = _("Leaves: {stages}")


class StageDwellBlock(blocks.StructBlock):
    stages = _stages(_("Stages"))
    days = blocks.IntegerBlock(label=_("For (days)"), default=14, min_value=1, max_value=1_000)

    class Meta:
        icon = "time"
        label = _("Stays in a stage")
        description = _("Somebody has been in a stage for so long, and still is.")
        label_format = _("In {stages} for {days} days")


class SegmentEnteredBlock(blocks.StructBlock):
    segments = blocks.MultipleChoiceBlock(
        choices=segment_choices, label=_("Segments"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        icon = "group"
        label = _("Enters a segment")
        description = _("The moment a rule begins to hold; ends when it no longer does.")
        label_format = _("Enters: {segments}")


class SegmentLeftBlock(blocks.StructBlock):
    segments = blocks.MultipleChoiceBlock(
        choices=segment_choices, label=_("Segments"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        icon = "group"
        label = _("Leaves a segment")
        description = _("The moment a rule no longer holds.")
        label_format = _("Leaves: {segments}")


class EventBlock(blocks.StructBlock):
    event = blocks.ChoiceBlock(choices=event_choices, label=_("What happens"))
    name = blocks.CharBlock(
        label=_("Name of the action"),
        required=False,
        max_length=255,
        help_text=_("For actions under the shop's own name, such as Video Played."),
    )
    unless = blocks.ChoiceBlock(
        choices=event_choices,
        label=_("and this does not follow"),
        required=False,
        help_text=_("The lack of an action: the campaign starts only if it did not happen."),
    )
    minutes = blocks.IntegerBlock(
        label=_("within (minutes)"), default=60, min_value=0, max_value=525_600
    )

    class Meta:
        icon = "bolt"
        label = _("Something happens, or does not")
        description = _("An action, or the lack of one: a search without a basket within an hour.")
        label_format = _("{event} (and no {unless})")


class ExpiringBlock(blocks.StructBlock):
    days_left = blocks.ChoiceBlock(
        choices=[("7", _("in 7 days")), ("1", _("tomorrow"))],
        default="7",
        label=_("Expires"),
    )


class CreditExpiringBlock(ExpiringBlock):
    class Meta:
        icon = "clm-credit"
        label = _("Store credit is about to expire")
        description = _("Ends when it is spent; the mail names what is left as it is sent.")
        label_format = _("Store credit expires in {days_left} days")


class OfferExpiringBlock(ExpiringBlock):
    class Meta:
        icon = "tag"
        label = _("An offer is about to end")
        description = _(
            "One that was given to somebody and not used yet; the mail has its code and its link."
        )
        label_format = _("An offer ends in {days_left} days")


class StagesBlock(blocks.StructBlock):
    stages = blocks.MultipleChoiceBlock(
        choices=stage_choices, label=_("Stages"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        icon = "group"
        label = _("Is in one of these stages")
        description = _("Where the person stands in the lifecycle when the campaign is considered.")
        label_format = _("Stages: {stages}")


class OrdersBlock(blocks.StructBlock):
    at_least = blocks.IntegerBlock(label=_("At least"), default=0, min_value=0)
    at_most = blocks.IntegerBlock(label=_("At most"), required=False, min_value=0)

    class Meta:
        icon = "list-ol"
        label = _("Has this many orders")
        description = _("Orders that were not cancelled, over all time.")
        label_format = _("Orders: {at_least} to {at_most}")


class SegmentsBlock(blocks.StructBlock):
    inside = blocks.MultipleChoiceBlock(
        choices=segment_choices,
        label=_("In one of these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outside = blocks.MultipleChoiceBlock(
        choices=segment_choices,
        label=_("In none of these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        icon = "group"
        label = _("Is, or is not, in these segments")
        description = _("Looked at when the campaign is considered, and before every step.")
        label_format = _("Segments: {inside}; not {outside}")


class TriggerStream(blocks.StreamBlock):
    basket_idle = BasketIdleBlock()
    exit_signal = ExitSignalBlock()
    slot = SlotBlock()
    stage_entered = StageEnteredBlock()
    stage_left = StageLeftBlock()
    stage_dwell = StageDwellBlock()
    segment_entered = SegmentEnteredBlock()
    segment_left = SegmentLeftBlock()
    event = EventBlock()
    credit_expiring = CreditExpiringBlock()
    offer_expiring = OfferExpiringBlock()

    class Meta:
        min_num = 1
        max_num = 1


class AudienceStream(blocks.StreamBlock):
    stages = StagesBlock()
    orders = OrdersBlock()
    segments = SegmentsBlock()

    class Meta:
        required = False
        block_counts = {name: {"max_num": 1} for name in ("stages", "orders", "segments")}
