"""Blocks of a programme: ways to earn, and what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from clm_plugin.picking import PickBlock
from clm_plugin.profiles.api import life_event_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

sources: dict[str, Callable[[], list[tuple[str, Any]]]] = {}
"""Lists that floors above know: ``surveys``. Filled at start-up."""

EARN_EVENTS = {
    "customer.registered": _("Creates an account"),
    "review.added": _("Writes a review"),
    "life_event.declared": _("Has a birthday or life event"),
    "survey.answered": _("Answers a survey"),
    "referral.converted": _("Brings a friend who orders"),
}
"""What somebody may do, or be, to be given a fixed amount."""


def _amount(label: Any, **options: Any) -> blocks.DecimalBlock:
    return blocks.DecimalBlock(label=label, min_value=0, max_digits=13, decimal_places=3, **options)


class PerFullBlock(blocks.StructBlock):
    amount = _amount(_("Earns"), default=10)
    per = _amount(_("for every full"), default=50)

    class Meta:
        icon = "plus"
        label = _("For every full amount of an order")
        description = _("Such as 10 for every full 50 of one order: 99.99 earn 10, 100 earn 20.")
        label_format = _("{amount} for every full {per}")


class PercentBlock(blocks.StructBlock):
    percent = blocks.DecimalBlock(
        label=_("Per cent of what counts"),
        default=5,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )

    class Meta:
        icon = "plus"
        label = _("A percentage of an order")
        description = _("Of what is paid for the lines that count, after discounts.")
        label_format = _("{percent} per cent")


class ThingsBlock(blocks.StructBlock):
    """Products and categories, at least one of them."""

    products = PickBlock("product", required=False, label=_("Products"))
    categories = PickBlock("category", required=False, label=_("Categories"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["products"] and not cleaned["categories"]:
            raise StructBlockValidationError(
                non_block_errors=[_("Choose a product or a category.")]
            )
        return cleaned

    class Meta:
        icon = "tag"
        label = _("These products and categories")
        description = _("A product stands for its variants too.")


class MultiplierBlock(ThingsBlock):
    times = blocks.DecimalBlock(
        label=_("Count so many times"),
        default=2,
        min_value=1,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )

    class Meta:
        icon = "plus"
        label = _("Counts several times")
        description = _("Double credit on a category. The best one counts where several fit.")
        label_format = _("{times} times")


def event_choices() -> list[tuple[str, Any]]:
    return list(EARN_EVENTS.items())


def survey_choices() -> list[tuple[str, Any]]:
    """The published surveys, where the floor above has named them."""
    return sources["surveys"]() if "surveys" in sources else []


def life_event_choices() -> list[tuple[str, Any]]:
    return [(kind.key, kind.label) for kind in life_event_kinds()]


class EventBlock(blocks.StructBlock):
    event = blocks.ChoiceBlock(choices=event_choices, label=_("When a customer"))
    life_event = blocks.ChoiceBlock(
        choices=life_event_choices,
        required=False,
        label=_("Life event"),
        help_text=_("For life events: which one. It is granted on its day."),
    )
    survey = blocks.ChoiceBlock(
        choices=survey_choices,
        required=False,
        label=_("Survey"),
        help_text=_("For surveys: which one; empty for any."),
    )
    amount = _amount(_("Earns"), default=5)
    once = blocks.ChoiceBlock(
        choices=[
            ("ever", _("once")),
            ("year", _("once a year")),
            ("each", _("each time")),
        ],
        default="ever",
        label=_("How often"),
        help_text=_("Each time: of the same product or survey still once."),
    )
    waits_for_order = blocks.BooleanBlock(
        required=False,
        default=False,
        label=_("Only after an order"),
        help_text=_(
            "It waits for the next order and becomes spendable when that order can no longer be"
            " returned. Against accounts that are opened for the bonus alone."
        ),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["event"] == "life_event.declared" and not cleaned["life_event"]:
            raise StructBlockValidationError(
                block_errors={"life_event": ValidationError(_("Say which life event."))}
            )
        return cleaned

    class Meta:
        icon = "plus"
        label = _("A fixed amount for an event")
        description = _("For an account, a review, a birthday, an answered survey, a friend.")
        label_format = _("{amount} for: {event}")


class EarnStream(blocks.StreamBlock):
    per_full = PerFullBlock()
    percent = PercentBlock()
    multiplier = MultiplierBlock()
    event = EventBlock()

    class Meta:
        max_num = 30
        block_counts = {"per_full": {"max_num": 3}, "percent": {"max_num": 3}}


class ExclusionStream(blocks.StreamBlock):
    things = ThingsBlock()
    gift_cards = blocks.StaticBlock(
        label=_("Gift cards"), icon="tag", admin_text=_("Gift cards are left out.")
    )
    discounted = blocks.StaticBlock(
        label=_("What is reduced already"),
        icon="tag",
        admin_text=_(
            "Units that an offer or a voucher took something off are left out; others of the same"
            " line count. If the shop does not say how many units, the whole line is left out."
        ),
    )
    shipping = blocks.StaticBlock(
        label=_("Shipping"), icon="tag", admin_text=_("Shipping is left out.")
    )
    tax = blocks.StaticBlock(label=_("Tax"), icon="tag", admin_text=_("Tax is left out."))

    class Meta:
        block_counts = {
            name: {"max_num": 1} for name in ("gift_cards", "discounted", "shipping", "tax")
        }
