"""The block about store credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.segments import conditions
from clm_plugin.segments.blocks.base import WORTH, ConditionBlock, amount, given, minor
from clm_plugin.segments.conditions.credit import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping


class StoreCreditBlock(ConditionBlock):
    ask = blocks.ChoiceBlock(
        label=_("Asks for"),
        choices=[
            ("balance", _("what can be spent now")),
            ("expiring", _("what expires soon")),
            ("ever", _("whether credit was ever granted")),
        ],
        default="balance",
    )
    expires_in_days = blocks.IntegerBlock(
        label=_("Expires within (days)"),
        required=False,
        min_value=1,
        max_value=LONGEST,
        help_text=_("Only for what expires soon."),
    )
    at_least = amount(_("At least"))
    at_most = amount(_("At most"))
    is_so = blocks.ChoiceBlock(
        label=_("Has it, or has not"),
        choices=[("yes", _("has it")), ("no", _("has not"))],
        default="yes",
    )

    makes = conditions.StoreCredit

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return given(
            ask=value.get("ask"),
            expires_in_days=value.get("expires_in_days"),
            min_minor=minor(value.get("at_least")),
            max_minor=minor(value.get("at_most")),
            is_so=value.get("is_so") != "no",
        )

    class Meta:
        icon = "clm-credit"
        label = _("Has store credit")
        label_format = _("Store credit: {ask}")
        description = _("What they can spend, what expires soon, whether they ever had any.")
        group = WORTH
