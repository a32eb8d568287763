"""Blocks about who people are: stage, place, consent, origin, other segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from clm_plugin.segments import conditions
from clm_plugin.segments.blocks import choices
from clm_plugin.segments.blocks.base import DID, WHO, ConditionBlock, window
from clm_plugin.segments.blocks.picking import PickBlock

if TYPE_CHECKING:
    from collections.abc import Mapping


def ticks(choices_: Any, label: Any, **kwargs: Any) -> blocks.MultipleChoiceBlock:
    return blocks.MultipleChoiceBlock(
        choices=choices_, label=label, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class StageBlock(ConditionBlock):
    stages = ticks(choices.stages, _("Stages"))
    min_days = blocks.IntegerBlock(
        label=_("For at least (days)"), required=False, min_value=1, max_value=3_650
    )
    max_days = blocks.IntegerBlock(
        label=_("For at most (days)"), required=False, min_value=1, max_value=3_650
    )

    makes = conditions.InStage
    ranges = (("min_days", "max_days"),)

    class Meta:
        icon = "clm-lifecycle"
        label = _("Is in a stage")
        label_format = _("Stage: {stages}")
        description = _("Where they stand in the lifecycle now, and for how long.")
        group = WHO


class FlagBlock(ConditionBlock):
    flag = blocks.ChoiceBlock(
        choices=[("advocate", _("Advocate")), ("churn_risk", _("At risk to leave"))],
        label=_("Flag"),
    )
    is_set = blocks.ChoiceBlock(
        choices=[("yes", _("has it")), ("no", _("does not have it"))], default="yes",
        label=_("The person"),
    )  # fmt: skip

    makes = conditions.Flagged

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {"flag": value["flag"], "is_set": value.get("is_set") != "no"}

    class Meta:
        icon = "tag"
        label = _("Has a flag of the lifecycle")
        label_format = _("Flag: {flag}, {is_set}")
        description = _("Advocates, and customers who are likely to leave.")
        group = WHO


class CountryBlock(ConditionBlock):
    countries = PickBlock("country", label=_("Countries"))

    makes = conditions.Country

    class Meta:
        icon = "site"
        label = _("Lives in a country")
        label_format = _("Country: {countries}")
        description = _("By the latest address that is known.")
        group = WHO


class LanguageBlock(ConditionBlock):
    languages = PickBlock("language", label=_("Languages"))

    makes = conditions.Language

    class Meta:
        icon = "globe"
        label = _("Speaks a language")
        label_format = _("Language: {languages}")
        description = _("“German” stands for Austrian and Swiss German too.")
        group = WHO


class ConsentBlock(ConditionBlock):
    purpose = blocks.ChoiceBlock(choices=choices.consents, label=_("To what"))
    state = blocks.ChoiceBlock(
        choices=[("granted", _("said yes")), ("refused", _("said no")), ("never", _("never said"))],
        default="granted",
        label=_("The person"),
    )

    makes = conditions.HasConsent

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        purpose, _sep, channel = value["purpose"].partition(":")
        found = {"purpose": purpose, "state": value["state"]}
        return {**found, "channel": channel} if channel else found

    class Meta:
        icon = "check"
        label = _("Agreed, refused or never said")
        label_format = "{purpose}: {state}"
        description = _("What was said to marketing by a channel, analytics, personalisation.")
        group = WHO


class ChannelBlock(ConditionBlock):
    which = blocks.ChoiceBlock(
        choices=[("first", _("first visit")), ("last", _("latest visit"))], default="last",
        label=_("Which visit"),
    )  # fmt: skip
    channels = PickBlock("channel", label=_("Channels"))

    makes = conditions.Channel

    class Meta:
        icon = "link-external"
        label = _("Came by a channel")
        label_format = _("Channel of the {which}: {channels}")
        description = _("Search, social media, a newsletter, a partner's page, or straight.")
        group = DID


class UtmBlock(ConditionBlock):
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=255)
    medium = blocks.CharBlock(label=_("Medium"), required=False, max_length=255)
    campaign = blocks.CharBlock(label=_("Campaign"), required=False, max_length=255)
    within_days = window()

    makes = conditions.Utm
    one_of = ("source", "medium", "campaign")

    class Meta:
        icon = "link"
        label = _("Came by a marked link (UTM)")
        label_format = _("UTM: {source} {medium} {campaign}")
        description = _("Parts of the link's marks; capitals do not matter.")
        group = DID


class SegmentBlock(ConditionBlock):
    segments = PickBlock("segment", label=_("Segments"))
    inside = blocks.ChoiceBlock(
        choices=[("yes", _("is in one of them")), ("no", _("is in none of them"))], default="yes",
        label=_("The person"),
    )  # fmt: skip

    makes = conditions.InSegment

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {"segments": tuple(value["segments"]), "inside": value.get("inside") != "no"}

    class Meta:
        icon = "group"
        label = _("Is in another segment")
        label_format = _("Segments: {segments}, {inside}")
        description = _("Other segments, static lists and personas.")
        group = WHO
