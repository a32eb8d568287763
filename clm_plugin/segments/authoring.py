"""The segment as marketers author it: a Wagtail snippet with draft, live count, workflow.

Nothing here decides who is in: on publish a segment is compiled to JSON (``compile.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    PublishingPanel,
    TitleFieldPanel,
)
from wagtail.admin.widgets.slug import SlugInput
from wagtail.blocks.base import BlockWidget
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from clm_plugin.personal import NOTHING
from clm_plugin.segments.blocks import RulesStream
from clm_plugin.segments.blocks.choices import left_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from clm_plugin.segments.sensitive import Hidden

previewers: dict[str, Callable[[HttpRequest, Segment], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up by the console, which knows how to show people."""

PREVIEW = "people"


class RulesWidget(BlockWidget):
    """The rule builder without what the user may not ask for."""

    def __init__(self, block: Any, hidden: Hidden) -> None:
        super().__init__(block)
        self.hidden = hidden

    @property
    def block_json(self) -> Any:
        with left_out(traits=self.hidden.traits, life_events=self.hidden.life_events):
            return super().block_json

    @property
    def js_context(self) -> Any:
        with left_out(traits=self.hidden.traits, life_events=self.hidden.life_events):
            return super().js_context


class SegmentForm(WagtailAdminModelForm):
    """Checks the rules as a whole, at the block that is wrong.

    A draft may be incomplete (Wagtail saves it while one types); what goes live may not. What is
    sensitive nobody may ask for who may not see it, not even in a draft.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from clm_plugin.segments.sensitive import hidden_from

        self.hidden = hidden_from(self.for_user)
        if "rules" in self.fields:
            # What a colleague put in stays readable; it cannot be saved from here.
            offered = self.hidden.without(self.instance.rules)
            field = self.fields["rules"]
            field.widget = RulesWidget(field.block, offered)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if "rules" not in data:
            return data
        from clm_plugin.segments.sensitive import sensitive_error

        refused = sensitive_error(data["rules"], self.hidden)
        if refused is not None:
            self.add_error("rules", refused)
            return data
        if self.is_deferred_validation:
            return data
        if data.get("kind") == Segment.Kind.STATIC:
            if data["rules"]:
                self.add_error("rules", gettext("A static list has no rules; take them out."))
            return data
        from clm_plugin.segments.compile import compile_stream

        error = compile_stream(data["rules"], key=str(data.get("key") or "")).as_error()
        if error is not None:
            self.add_error("rules", error)
        return data


class Segment(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """A group of people: by rules, or a list made by hand."""

    class Kind(models.TextChoices):
        RULE = "rule", _("By rules")
        STATIC = "static", _("Static list")

    key = models.SlugField(
        _("key"),
        unique=True,
        max_length=64,
        help_text=_("Short name in reports and links; do not change it once live."),
    )
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(
        _("description"),
        blank=True,
        max_length=500,
        help_text=_("What it is for; colleagues see it in the list."),
    )
    kind = models.CharField(
        _("who is in"),
        max_length=8,
        choices=Kind.choices,
        default=Kind.RULE,
        help_text=_("A static list is filled from a file on the segment's page."),
    )
    persona = models.BooleanField(
        _("persona"),
        default=False,
        help_text=_("Shown as a label on the page of everybody who is in."),
    )
    rules = StreamField(
        RulesStream(required=False),
        verbose_name=_("rules"),
        blank=True,
        help_text=_("All of these must hold. For “or” and “not”, add a group."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_segment")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_segment",
        for_concrete_model=False,
    )

    base_form_class = SegmentForm
    personal_data = NOTHING

    panels = [
        TitleFieldPanel("name", targets=["key"], classname=""),
        FieldPanel("rules"),
        MultiFieldPanel(
            [
                FieldPanel("description"),
                FieldRowPanel([FieldPanel("key", widget=SlugInput), FieldPanel("kind")]),
                FieldPanel("persona"),
            ],
            heading=_("About this segment"),
        ),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    def clean(self) -> None:
        """Refuse another key for a segment that is live: members and campaigns hang on it."""
        super().clean()
        if not self.pk or not self.live:
            return
        before = type(self).objects.filter(pk=self.pk).values_list("key", flat=True).first()
        if before is not None and before != self.key:
            raise ValidationError(
                {"key": _("The segment is live as “%(key)s”; keep that key.") % {"key": before}}
            )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [(PREVIEW, _("Who is in"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name not in previewers:
            return render(request, "clm_plugin/campaigns/no_preview.html")
        return previewers[mode_name](request, self)
