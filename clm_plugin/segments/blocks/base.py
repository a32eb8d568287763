"""What all blocks of conditions share: a block is checked and becomes its condition."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from clm_plugin.conf import settings
from clm_plugin.money import exponent
from clm_plugin.segments.data import SegmentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.segments.data import Condition

WHO = gettext_lazy("Who they are")
DID = gettext_lazy("What they did")
BOUGHT = gettext_lazy("What they bought")
WORTH = gettext_lazy("What they are worth")
COMBINE = gettext_lazy("Combine")


class ConditionBlock(blocks.StructBlock):
    """Base of the blocks; each names the condition it ``makes``, whose fields are its own.

    Where a block asks in other words than its condition (an amount, a per cent), it overrides
    ``arguments``.
    """

    makes: ClassVar[type[Condition]]
    ranges: ClassVar[tuple[tuple[str, str], ...]] = (("at_least", "at_most"),)
    """Pairs of fields of which the first may not be above the second."""
    one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which at least one has to be filled."""

    def condition(self, value: Mapping[str, Any]) -> Condition:
        """The condition of a block as it is filled in.

        Raises StructBlockValidationError with a text for people at each field that is wrong.
        """
        errors = self.refuse(value)
        if errors:
            raise StructBlockValidationError(
                block_errors={
                    name: ValidationError(what) if isinstance(what, str) else what
                    for name, what in errors.items()
                }
            )
        try:
            return self.makes(**self.arguments(value))
        except SegmentError as error:
            raise self._at(error) from error

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        """What is wrong, by field. Drafts come here too, so anything may be missing."""
        errors: dict[str, str | ValidationError] = {
            name: _("This is not filled in yet.")
            for name, child in self.child_blocks.items()
            if child.required and is_empty(value.get(name))
        }
        if self.one_of and all(is_empty(value.get(name)) for name in self.one_of):
            errors[self.one_of[0]] = _("Fill in at least one of these fields.")
        for low, high in self.ranges:
            if low not in self.child_blocks or high not in self.child_blocks:
                continue
            least, most = value.get(low), value.get(high)
            if least is not None and most is not None and least > most:
                errors[high] = _("This is below “%(low)s”: nobody could match.") % {
                    "low": self.child_blocks[low].label
                }
        return errors

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Fields of the condition; what is empty is left to its defaults."""
        return {name: item for name, item in value.items() if not is_empty(item)}

    def _at(self, error: SegmentError) -> StructBlockValidationError:
        name = error.path.partition("[")[0].partition(".")[0]
        if name in self.child_blocks:
            return StructBlockValidationError(block_errors={name: ValidationError(error.why)})
        return StructBlockValidationError(non_block_errors=[str(error)])

    class Meta:
        form_classname = "struct-block clm-cond"


def is_empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == ()


def minor(amount: Decimal | float | None) -> int | None:
    """An amount as typed, in minor units of the shop's currency."""
    if amount is None:
        return None
    return int((Decimal(str(amount)) * 10 ** exponent(settings.CURRENCY)).to_integral_value())


def given(**values: Any) -> dict[str, Any]:
    """Only what is not None."""
    return {name: value for name, value in values.items() if value is not None}


_AT_LEAST = gettext_lazy("At least")
_AT_MOST = gettext_lazy("At most")


def least(label: Any = _AT_LEAST, **kwargs: Any) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(**{"label": label, "required": False, "min_value": 0, **kwargs})


def most(label: Any = _AT_MOST, **kwargs: Any) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(**{"label": label, "required": False, "min_value": 0, **kwargs})


def amount(label: Any) -> blocks.DecimalBlock:
    """Money in the shop's currency, as people write it."""
    return blocks.DecimalBlock(
        label=label, required=False, min_value=0, max_digits=15, decimal_places=3
    )


def window(*, required: bool = False, default: int | None = None) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(
        label=gettext_lazy("In the last (days)"),
        required=required,
        default=default,
        min_value=1,
        max_value=3_650,
        help_text=gettext_lazy("Leave it empty for “ever”.") if not required else "",
    )
