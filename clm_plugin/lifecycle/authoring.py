"""The lifecycle model as marketers author it: a Wagtail snippet with draft, preview, workflow.

Nothing here places anybody: on publish a model is compiled (``compile.py``) and put into use
(``publishing.py``). Exactly one is in use; publishing another takes it out.
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
)
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from clm_plugin.lifecycle.blocks import StageStream
from clm_plugin.personal import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

previewers: dict[str, Callable[[HttpRequest, LifecycleModel], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up by the console, which draws the model."""

PICTURE = "picture"
_GAPS = (MinValueValidator(0.1), MaxValueValidator(20))


class LifecycleModel(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """Stages in their order, and the rules of the two flags beside them."""

    personal_data = NOTHING

    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(
        _("about"),
        max_length=500,
        blank=True,
        help_text=_("Whose model it is and what it is good for; colleagues see it in the list."),
    )
    stages = StreamField(
        StageStream(),
        verbose_name=_("stages"),
        help_text=_(
            "From the first to the last. Everybody is in the last stage whose entry rule holds; the"
            " first one takes everybody and has none."
        ),
    )
    advocate_orders = models.PositiveSmallIntegerField(
        _("orders, at least"), default=3, validators=[MinValueValidator(1)]
    )
    advocate_gaps = models.FloatField(
        _("silent for less than (purchase gaps)"), default=3.0, validators=_GAPS
    )
    churn_orders = models.PositiveSmallIntegerField(
        _("orders, at least"), default=2, validators=[MinValueValidator(1)]
    )
    churn_spend = models.DecimalField(
        _("spent at least"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Empty: as much as the middle one of the repeat buyers."),
    )
    churn_from_gaps = models.FloatField(
        _("silent for at least (purchase gaps)"), default=0.75, validators=_GAPS
    )
    churn_until_gaps = models.FloatField(
        _("until (purchase gaps)"),
        default=3.0,
        validators=_GAPS,
        help_text=_("Whoever has been silent for longer is lost, not at risk."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_lifecycle_model")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_lifecycle_model",
        for_concrete_model=False,
    )

    panels = [
        FieldPanel("name"),
        FieldPanel("about"),
        FieldPanel("stages"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("advocate_orders"), FieldPanel("advocate_gaps")])],
            heading=_("Flag: advocate"),
            help_text=_(
                "Buys enough, is not silent, and recommended the shop: a review with five stars, an"
                " NPS answer of 9 or 10, or a referral."
            ),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("churn_orders"), FieldPanel("churn_spend")]),
                FieldRowPanel([FieldPanel("churn_from_gaps"), FieldPanel("churn_until_gaps")]),
            ],
            heading=_("Flag: churn risk"),
            help_text=_("A customer of worth who has been silent for most of her purchase gap."),
        ),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("lifecycle model")
        verbose_name_plural = _("lifecycle models")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    def clean(self) -> None:
        super().clean()
        start, end = self.churn_from_gaps, self.churn_until_gaps
        if start is not None and end is not None and end <= start:
            raise ValidationError(
                {"churn_until_gaps": _("More than where the risk begins, or nobody is at risk.")}
            )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [(PICTURE, _("The model"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name not in previewers:
            return render(request, "clm_plugin/campaigns/no_preview.html")
        return previewers[mode_name](request, self)
