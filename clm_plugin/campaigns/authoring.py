"""The campaign as marketers author it: a Wagtail snippet with draft, preview, workflow, schedule.

Nothing here decides anything: on publish a campaign is compiled to a frozen plan (``compile.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    PublishingPanel,
    TitleFieldPanel,
)
from wagtail.admin.widgets.slug import SlugInput
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from clm_plugin.campaigns.blocks import StepStream
from clm_plugin.campaigns.trigger_blocks import AudienceStream, TriggerStream
from clm_plugin.personal import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

previewers: dict[str, Callable[[HttpRequest, Campaign], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up by the floors above, which know how to render."""

_ALLOWED_STEPS = {
    "basket_idle": {"wait", "mail"},
    "exit_signal": {"popup", "survey"},
    "slot": {"bundle", "survey"},
    "stage_entered": {"wait", "mail"},
    "stage_left": {"wait", "mail"},
    "stage_dwell": {"wait", "mail"},
    "segment_entered": {"wait", "mail"},
    "segment_left": {"wait", "mail"},
    "event": {"wait", "mail"},
    "credit_expiring": {"wait", "mail"},
    "offer_expiring": {"wait", "mail"},
}


class Campaign(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """Trigger + audience + steps + guardrails."""

    key = models.SlugField(
        _("key"),
        unique=True,
        max_length=64,
        help_text=_("Short name in reports and links; do not change it once live."),
    )
    name = models.CharField(_("name"), max_length=120)
    trigger = StreamField(TriggerStream(), verbose_name=_("starts when"))
    audience = StreamField(
        AudienceStream(required=False),
        verbose_name=_("for"),
        blank=True,
        help_text=_("All of these must hold; leave it empty for everybody."),
    )
    steps = StreamField(
        StepStream(),
        verbose_name=_("steps"),
        help_text=_("In this order. Before each one, order, consent and caps are checked again."),
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("0 to 100; where two campaigns want the same place, the higher wins."),
    )
    bought_within_days = models.PositiveSmallIntegerField(
        _("not if bought within (days)"), default=0, help_text=_("0: no such rule.")
    )
    repeat_days = models.PositiveSmallIntegerField(
        _("at most once in (days)"),
        default=7,
        help_text=_("For one person; places on a page are not counted."),
    )
    send_by_hours = models.PositiveSmallIntegerField(
        _("drop a mail after (hours)"),
        default=24,
        validators=[MinValueValidator(1)],
        help_text=_("A mail held back by quiet hours or a cap is dropped after this time."),
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("control group (%)"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=_("Kept back from this campaign, to measure what it earns."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_campaign")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_campaign",
        for_concrete_model=False,
    )

    personal_data = NOTHING

    panels = [
        TitleFieldPanel("name", targets=["key"], classname=""),
        FieldPanel("key", widget=SlugInput),
        FieldPanel("trigger"),
        FieldPanel("audience"),
        FieldPanel("steps"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("priority"), FieldPanel("holdout_percent")]),
                FieldRowPanel([FieldPanel("bought_within_days"), FieldPanel("repeat_days")]),
                FieldPanel("send_by_hours"),
            ],
            heading=_("Guardrails"),
        ),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    def clean(self) -> None:
        """Refuse steps that the trigger cannot deliver, with the block that is wrong."""
        super().clean()
        if not self.trigger or not self.steps:
            return
        allowed = _ALLOWED_STEPS[self.trigger[0].block_type]
        wrong = [step.block.label for step in self.steps if step.block_type not in allowed]
        if wrong:
            raise ValidationError(
                {
                    "steps": _("“%(step)s” does not fit this trigger; take it out.")
                    % {"step": wrong[0]}
                }
            )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        kinds = {step.block_type for step in self.steps} if self.steps else set()
        modes = [
            ("mail", _("Mail")),
            ("popup", _("Popup")),
            ("bundle", _("Often bought together")),
            ("survey", _("Question")),
        ]
        found = [mode for mode in modes if mode[0] in kinds and mode[0] in previewers]
        # Never none: a campaign without a step yet would lose its preview pane for good.
        return found or [("nothing", _("Nothing to show yet"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name not in dict(self.preview_modes) or mode_name not in previewers:
            return render(request, "clm_plugin/campaigns/no_preview.html")
        return previewers[mode_name](request, self)
