"""Blocks about what people told: traits, answers to surveys, life events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.segments import conditions
from clm_plugin.segments.blocks import choices
from clm_plugin.segments.blocks.base import DID, WHO, ConditionBlock, is_empty
from clm_plugin.segments.blocks.people import ticks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.exceptions import ValidationError

_DAYS = ("older", "newer", "ahead")
_NO_VALUE = ("set", "unset")
_TRAIT_OPS = [
    (_("Value"), [
        ("eq", _("is")), ("ne", _("is not")), ("contains", _("contains")),
        ("gte", _("is at least")), ("lte", _("is at most")), ("gt", _("is above")),
        ("lt", _("is below")),
    ]),
    (_("Date"), [
        ("before", _("is before")), ("after", _("is after")), ("older", _("is more days ago than")),
        ("newer", _("is fewer days ago than")), ("ahead", _("comes within the next days")),
    ]),
    (_("At all"), [("set", _("is known")), ("unset", _("is not known"))]),
]  # fmt: skip
_SURVEY_OPS = [
    ("set", _("was answered")), ("unset", _("was not answered")), ("eq", _("answer is")),
    ("ne", _("answer is not")), ("contains", _("answer contains")),
    ("gte", _("score is at least")), ("lte", _("score is at most")),
    ("newer", _("was answered fewer days ago than")),
    ("older", _("was answered more days ago than")),
]  # fmt: skip


class TraitBlock(ConditionBlock):
    key = blocks.ChoiceBlock(choices=choices.traits, label=_("Trait"))
    op = blocks.ChoiceBlock(choices=_TRAIT_OPS, default="eq", label=_("Comparison"))
    value = blocks.CharBlock(
        label=_("Value"), required=False, max_length=255,
        help_text=_("A date as 2026-05-01; yes or no; a number of days."),
    )  # fmt: skip

    makes = conditions.HasTrait

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        errors = super().refuse(value)
        if not errors:
            try:
                read_value(value, choices.trait_kind(value["key"]))
            except ValueError as error:
                errors["value"] = str(error)
        return errors

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        found = {"key": value["key"], "op": value["op"]}
        read = read_value(value, choices.trait_kind(value["key"]))
        return found if read is None else {**found, "value": read}

    class Meta:
        icon = "user"
        label = _("Has a trait")
        label_format = "{key} {op} {value}"
        description = _("What is known of the person: name, address, and what the shop declared.")
        group = WHO
        form_classname = "struct-block clm-cond clm-cond--three"


class SurveyBlock(ConditionBlock):
    survey = blocks.ChoiceBlock(choices=choices.surveys, label=_("Survey"))
    op = blocks.ChoiceBlock(choices=_SURVEY_OPS, default="set", label=_("Comparison"))
    value = blocks.CharBlock(
        label=_("Value"), required=False, max_length=255,
        help_text=_("A score, an answer, or a number of days."),
    )  # fmt: skip

    makes = conditions.AnsweredSurvey

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        errors = super().refuse(value)
        if not errors:
            try:
                read_value(value, _survey_kind(value))
            except ValueError as error:
                errors["value"] = str(error)
        return errors

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        found = {"survey": value["survey"], "op": value["op"]}
        read = read_value(value, _survey_kind(value))
        return found if read is None else {**found, "value": read}

    class Meta:
        icon = "comment"
        label = _("Answered a survey")
        label_format = _("Survey {survey} {op} {value}")
        description = _("The latest answer to a survey, its score or its words.")
        group = DID
        form_classname = "struct-block clm-cond clm-cond--three"


def _survey_kind(value: Mapping[str, Any]) -> str:
    """A whole number is compared with the score, anything else with the words."""
    text = value.get("value") or ""
    return "number" if text.strip().lstrip("-").isdigit() else "text"


def read_value(value: Mapping[str, Any], kind: str) -> str | int | float | bool | None:
    """What a trait or an answer is compared with, by its kind. Raises ValueError for people."""
    op, text = value["op"], (value.get("value") or "").strip()
    if op in _NO_VALUE:
        return None
    if not text:
        raise ValueError(gettext("This is not filled in yet."))
    if op in _DAYS:
        if not text.isdecimal():
            raise ValueError(gettext("Write a number of days."))
        return int(text)
    if op in ("before", "after"):
        return _date(text)
    if op in ("gt", "gte", "lt", "lte") or (kind == "number" and op != "contains"):
        return _number(text)
    if kind == "boolean":
        if text.lower() not in ("yes", "no", "true", "false"):
            raise ValueError(gettext("Write yes or no."))
        return text.lower() in ("yes", "true")
    return text


def _date(text: str) -> str:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(gettext("Write a date as 2026-05-01."))
    return found.isoformat()


def _number(text: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        raise ValueError(gettext("Write a number.")) from None
    return int(number) if number.is_integer() else number


class LifeEventBlock(ConditionBlock):
    events = ticks(choices.life_events, _("Life events"))
    from_days = blocks.IntegerBlock(
        label=_("From (days from today)"), required=False, min_value=-366, max_value=366,
        help_text=_("−7 is a week ago, 0 today. Both empty: at any time."),
    )  # fmt: skip
    to_days = blocks.IntegerBlock(
        label=_("To (days from today)"), required=False, min_value=-366, max_value=366,
        help_text=_("14 is in two weeks."),
    )  # fmt: skip

    makes = conditions.HasLifeEvent
    ranges = (("from_days", "to_days"),)

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        errors = super().refuse(value)
        one, other = value.get("from_days"), value.get("to_days")
        if is_empty(one) != is_empty(other):
            name = "to_days" if is_empty(other) else "from_days"
            errors.setdefault(name, gettext("Fill in both ends, or none."))
        return errors

    class Meta:
        icon = "calendar-alt"
        label = _("Has a life event")
        label_format = _("Life event: {events}")
        description = _("A birthday, a move, a baby: told by the person or seen in the orders.")
        group = WHO
