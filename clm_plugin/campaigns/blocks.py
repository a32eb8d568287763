"""The steps that marketers put together, as StreamField blocks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from clm_plugin.campaigns.choices import offer_choices, survey_choices

_PREVIEWS = "clm_plugin/campaigns/block_previews"
_TEXT = ["bold", "italic", "link", "ol", "ul"]


def _offer(help_text: Any) -> blocks.ChoiceBlock:
    return blocks.ChoiceBlock(
        choices=offer_choices, label=_("Offer"), required=False, help_text=help_text
    )


class WaitBlock(blocks.StructBlock):
    minutes = blocks.IntegerBlock(label=_("Minutes"), default=60, min_value=1, max_value=525_600)

    class Meta:
        icon = "history"
        label = _("Wait")
        description = _("Time between two steps. Who orders meanwhile leaves the campaign.")
        label_format = _("Wait {minutes} minutes")


class MailBlock(blocks.StructBlock):
    subject = blocks.CharBlock(
        label=_("Subject"), max_length=150, help_text=_("Under 50 letters fit every screen.")
    )
    preheader = blocks.CharBlock(
        label=_("Preview line"),
        max_length=150,
        required=False,
        help_text=_("What mail programs show behind the subject."),
    )
    heading = blocks.CharBlock(label=_("Heading"), max_length=150)
    body = blocks.RichTextBlock(label=_("Text"), features=_TEXT, max_length=5_000)
    button = blocks.CharBlock(label=_("Button"), max_length=60)
    show_basket = blocks.BooleanBlock(
        label=_("Show the basket's lines"), default=True, required=False
    )
    link = blocks.CharBlock(
        label=_("Button leads to"),
        max_length=500,
        required=False,
        help_text=_("A path of this shop, such as /catalogue/; empty: her basket, or the start."),
    )
    survey = blocks.ChoiceBlock(
        choices=survey_choices,
        label=_("Ask a question"),
        required=False,
        help_text=_("A published survey; each answer becomes a link in the mail."),
    )

    offer = _offer(
        _("Given to her when the mail is written; her code stands where {{ code }} is, or below.")
    )

    class Meta:
        icon = "mail"
        label = _("Send a mail")
        description = _("Only to who agreed to it; unsubscribe link and sender are added.")
        label_format = _("Mail: {subject}")
        preview_template = f"{_PREVIEWS}/mail.html"
        preview_value = {
            "subject": _("Still thinking it over?"),
            "heading": _("We kept your basket"),
            "body": _("<p>Everything is still here, one click away.</p>"),
            "button": _("Back to my basket"),
            "show_basket": True,
        }
        form_layout = BlockGroup(
            [
                BlockGroup(["subject", "preheader"], heading=_("In the list of mails")),
                BlockGroup(
                    ["heading", "body", "show_basket", "offer", "survey", "button", "link"],
                    heading=_("The mail"),
                ),
            ]
        )


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

    offer = _offer(_("Given to her when the popup is shown, with her code."))

    class Meta:
        icon = "comment"
        label = _("Show a popup")
        description = _("Over the page, once a visit, easy to close; not to who closed it lately.")
        label_format = _("Popup: {heading}")
        preview_template = f"{_PREVIEWS}/popup.html"
        preview_value = {
            "heading": _("Before you go"),
            "body": _("<p>See what others liked this week.</p>"),
            "button": _("Show me"),
            "link": "/",
        }
        form_layout = BlockGroup(
            ["heading", "body", "offer", BlockGroup(["button", "link"], heading=_("Button"))]
        )


class BundleBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    max_items = blocks.IntegerBlock(
        label=_("Products beside this one, at most"), default=2, min_value=1, max_value=5
    )

    class Meta:
        icon = "copy"
        label = _("Show “often bought together”")
        description = _("Products that were in the same orders as the one on the page.")
        label_format = _("Bundle: {heading}")
        preview_template = f"{_PREVIEWS}/bundle.html"
        preview_value = {"heading": _("Often bought together"), "max_items": 2}


class SurveyBlock(blocks.StructBlock):
    survey = blocks.ChoiceBlock(choices=survey_choices, label=_("Survey"))

    class Meta:
        icon = "help"
        label = _("Ask a question")
        description = _("A published survey, on the page; nobody is asked again who has answered.")
        label_format = _("Survey: {survey}")


class StepStream(blocks.StreamBlock):
    wait = WaitBlock()
    mail = MailBlock()
    popup = PopupBlock()
    bundle = BundleBlock()
    survey = SurveyBlock()

    class Meta:
        min_num = 1
        max_num = 20
