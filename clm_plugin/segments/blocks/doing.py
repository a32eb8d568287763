"""Blocks about what people did: any event of the catalogue, or its absence."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from clm_plugin.events.api import TYPES
from clm_plugin.segments.blocks.base import DID, ConditionBlock, least, minor, most, window
from clm_plugin.segments.blocks.choices import events
from clm_plugin.segments.conditions import DidEvent, Property
from clm_plugin.segments.event_labels import label_of

if TYPE_CHECKING:
    from collections.abc import Mapping

OPS = [
    ("eq", _("is")),
    ("ne", _("is not")),
    ("gte", _("is at least")),
    ("lte", _("is at most")),
    ("gt", _("is above")),
    ("lt", _("is below")),
    ("contains", _("contains")),
]
_ORDER = ("gt", "gte", "lt", "lte")
_YES = ("yes", "true", "1")
_NO = ("no", "false", "0")


class FilterBlock(blocks.StructBlock):
    field = blocks.CharBlock(
        label=_("Property"),
        max_length=64,
        help_text=_("Such as product_id, query, path or total; a wrong name is told with the right"
                    " ones."),
    )  # fmt: skip
    op = blocks.ChoiceBlock(choices=OPS, default="eq", label=_("Comparison"))
    value = blocks.CharBlock(
        label=_("Value"), max_length=255, help_text=_("Amounts in the shop's currency: 49.90.")
    )

    class Meta:
        icon = "crosshairs"
        label = _("Only if")
        label_format = "{field} {op} {value}"
        form_classname = "struct-block clm-cond clm-cond--three"


class _EventBlock(ConditionBlock):
    """What "did" and "did not" share: which event, with which properties."""

    makes = DidEvent

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        errors = super().refuse(value)
        type_ = value.get("type")
        if value.get("name") and type_ != "custom.tracked":
            errors["name"] = gettext("Only for an action under the shop's own name.")
        wrong = {}
        for index, item in enumerate(value.get("where") or ()):
            try:
                read_filter(item, type_ or "")
            except StructBlockValidationError as error:
                wrong[index] = error
        if wrong:
            errors["where"] = ListBlockValidationError(block_errors=wrong)
        return errors

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        found = super().arguments(value)
        where = tuple(read_filter(item, found["type"]) for item in found.pop("where", ()))
        return {**found, "where": where} if where else found


class DidBlock(_EventBlock):
    type = blocks.ChoiceBlock(choices=events, label=_("Action"))
    name = blocks.CharBlock(
        label=_("Its name"), required=False, max_length=255,
        help_text=_("For actions under the shop's own name, such as “Video played”."),
    )  # fmt: skip
    at_least = least(_("At least (times)"), default=1, max_value=10_000)
    at_most = most(_("At most (times)"), max_value=10_000)
    within_days = window(default=30)
    where = blocks.ListBlock(FilterBlock(), label=_("Only if"), default=[], min_num=0)

    one_of = ("at_least", "at_most")

    class Meta:
        icon = "history"
        label = _("Did something")
        label_format = _("Did: {type}, {at_least} times or more in {within_days} days")
        description = _("Any action, so many times, in a period, with properties.")
        group = DID


class DidNotBlock(_EventBlock):
    type = blocks.ChoiceBlock(choices=events, label=_("Action"))
    name = blocks.CharBlock(
        label=_("Its name"), required=False, max_length=255,
        help_text=_("For actions under the shop's own name, such as “Video played”."),
    )  # fmt: skip
    within_days = window(default=30)
    where = blocks.ListBlock(FilterBlock(), label=_("Only if"), default=[], min_num=0)

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().arguments(value), "at_most": 0}

    class Meta:
        icon = "cross"
        label = _("Did not do something")
        label_format = _("Did not: {type} in {within_days} days")
        description = _("An action that is missing, in a period or ever.")
        group = DID


def read_filter(item: Mapping[str, Any], type_: str) -> Property:
    """A filter of the form as the condition wants it: typed by the event's own field."""
    errors: dict[str, Any] = {}
    name, op, text = item.get("field") or "", item.get("op") or "eq", item.get("value") or ""
    known = _fields(type_)
    if not name:
        errors["field"] = gettext("This is not filled in yet.")
    elif known is not None:
        name = name if name in known or f"{name}_minor" not in known else f"{name}_minor"
        if name not in known:
            errors["field"] = gettext("“%(event)s” has: %(names)s.") % {
                "event": label_of(type_),
                "names": ", ".join(one.removesuffix("_minor") for one in known) or "–",
            }
    value: Any = text
    if not errors:
        try:
            value = _typed(text, op, name, (known or {}).get(name, ""))
        except ValueError as error:
            errors["value"] = str(error)
    if errors:
        raise StructBlockValidationError(
            block_errors={key: ValidationError(what) for key, what in errors.items()}
        )
    return Property(field=name, op=op, value=value)


def _fields(type_: str) -> dict[str, str] | None:
    """Fields of an event's payload with their types; None where every name is right."""
    if type_ not in TYPES or type_ == "custom.tracked":
        return None
    return {each.name: str(each.type) for each in fields(TYPES[type_])}


def _typed(text: str, op: str, name: str, kind: str) -> str | int | float | bool:
    """The value by the field's type. Raises ValueError with a text for people."""
    if kind == "bool":
        if text.lower() in (*_YES, *_NO):
            return text.lower() in _YES
        raise ValueError(gettext("Write yes or no."))
    if kind == "int" or op in _ORDER:
        number = _number(text)
        if number is None:
            raise ValueError(gettext("Write a number."))
        return int(minor(number) or 0) if name.endswith("_minor") else _plain(number)
    if kind or op == "contains":
        return text
    number = _number(text)  # of the shop's own events: what looks like a number is one
    if number is not None:
        return _plain(number)
    return text.lower() == "true" if text.lower() in ("true", "false") else text


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
