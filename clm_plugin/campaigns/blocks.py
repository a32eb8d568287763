"""What marketers put together: triggers, audience conditions and steps, as StreamField blocks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

_TEXT = ["bold", "italic", "link", "ol", "ul"]


def stage_choices() -> list[tuple[str, object]]:
    """The stages of the default model, for a choice block."""
    from clm_plugin.lifecycle.api import DEFAULT_MODEL

    return [(stage.key, stage.label) for stage in DEFAULT_MODEL]


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
        description = _("A basket with something in it has not been touched for a while.")


class ExitSignalBlock(blocks.StructBlock):
    min_product_views = blocks.IntegerBlock(
        label=_("Products viewed, at least"), default=3, min_value=0, max_value=100
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


class StagesBlock(blocks.StructBlock):
    stages = blocks.MultipleChoiceBlock(choices=stage_choices, label=_("Stages"))

    class Meta:
        icon = "group"
        label = _("Is in one of these stages")


class OrdersBlock(blocks.StructBlock):
    at_least = blocks.IntegerBlock(label=_("At least"), default=0, min_value=0)
    at_most = blocks.IntegerBlock(label=_("At most"), required=False, min_value=0)

    class Meta:
        icon = "list-ol"
        label = _("Has this many orders")


class WaitBlock(blocks.StructBlock):
    minutes = blocks.IntegerBlock(label=_("Minutes"), default=60, min_value=1, max_value=525_600)

    class Meta:
        icon = "time"
        label = _("Wait")


class MailBlock(blocks.StructBlock):
    subject = blocks.CharBlock(label=_("Subject"), max_length=150)
    preheader = blocks.CharBlock(label=_("Preview line"), max_length=150, required=False)
    heading = blocks.CharBlock(label=_("Heading"), max_length=150)
    body = blocks.RichTextBlock(label=_("Text"), features=_TEXT, max_length=5_000)
    button = blocks.CharBlock(label=_("Button"), max_length=60)
    show_basket = blocks.BooleanBlock(
        label=_("Show the basket's lines"), default=True, required=False
    )

    class Meta:
        icon = "mail"
        label = _("Send a mail")


class PopupBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    body = blocks.RichTextBlock(label=_("Text"), features=_TEXT, max_length=2_000)
    button = blocks.CharBlock(label=_("Button"), max_length=60)
    link = blocks.CharBlock(
        label=_("Button leads to"),
        max_length=500,
        default="/",
        help_text=_("A path of this shop, such as /catalogue/."),
    )

    class Meta:
        icon = "comment"
        label = _("Show a popup")


class BundleBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    max_items = blocks.IntegerBlock(
        label=_("Products beside this one, at most"), default=2, min_value=1, max_value=5
    )

    class Meta:
        icon = "duplicate"
        label = _("Show “often bought together”")


class TriggerStream(blocks.StreamBlock):
    basket_idle = BasketIdleBlock()
    exit_signal = ExitSignalBlock()
    slot = SlotBlock()

    class Meta:
        min_num = 1
        max_num = 1


class AudienceStream(blocks.StreamBlock):
    stages = StagesBlock()
    orders = OrdersBlock()

    class Meta:
        required = False
        block_counts = {"stages": {"max_num": 1}, "orders": {"max_num": 1}}


class StepStream(blocks.StreamBlock):
    wait = WaitBlock()
    mail = MailBlock()
    popup = PopupBlock()
    bundle = BundleBlock()

    class Meta:
        min_num = 1
        max_num = 20
