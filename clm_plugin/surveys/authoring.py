"""The survey as marketers author it: one question, a Wagtail snippet with draft and preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    PublishingPanel,
    TitleFieldPanel,
)
from wagtail.admin.widgets.slug import SlugInput
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from clm_plugin.personal import NOTHING
from clm_plugin.surveys.data import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

previewers: dict[str, Callable[[HttpRequest, Survey], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up by the floors above, which know how to render."""

MAX_CHOICES = 10


class Survey(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """One question, asked on a page or in a mail by the campaigns that name it."""

    class Kind(models.TextChoices):
        NPS = "nps", _("How likely to recommend, 0 to 10 (NPS)")
        STARS = "stars", _("One to five stars")
        CHOICE = "choice", _("One of several answers")
        TEXT = "text", _("An answer in words")

    key = models.SlugField(
        _("key"),
        unique=True,
        max_length=48,
        help_text=_("Answers are kept under it; do not change it once live."),
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("For you; nobody else sees it."))
    question = models.CharField(_("question"), max_length=200)
    kind = models.CharField(_("answered by"), max_length=8, choices=Kind.choices, default=Kind.NPS)
    choices = models.TextField(
        _("answers"),
        blank=True,
        help_text=_("For “one of several answers”: two to ten, one a line."),
    )
    low = models.CharField(
        _("at the low end"), max_length=40, blank=True, help_text=_("Such as “not at all likely”.")
    )
    high = models.CharField(
        _("at the high end"), max_length=40, blank=True, help_text=_("Such as “very likely”.")
    )
    follow_up = models.CharField(
        _("second question"),
        max_length=200,
        blank=True,
        help_text=_("Open, and free to leave out; asked behind a score. Empty: none."),
    )
    thanks = models.CharField(_("thank-you line"), max_length=200, blank=True)
    ask_again_days = models.PositiveSmallIntegerField(
        _("ask again after (days)"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Who has answered is left in peace for so long."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_survey")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_survey",
        for_concrete_model=False,
    )

    personal_data = NOTHING
    panels = [
        TitleFieldPanel("name", targets=["key"], classname=""),
        FieldPanel("key", widget=SlugInput),
        MultiFieldPanel(
            [
                FieldPanel("question"),
                FieldPanel("kind"),
                FieldPanel("choices"),
                FieldRowPanel([FieldPanel("low"), FieldPanel("high")]),
                FieldPanel("follow_up"),
                FieldPanel("thanks"),
            ],
            heading=_("The question"),
        ),
        FieldPanel("ask_again_days"),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    @property
    def listed_choices(self) -> tuple[str, ...]:
        """The answers, a line each; empty lines and repetitions left out."""
        lines = (line.strip()[:120] for line in self.choices.splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def clean(self) -> None:
        super().clean()
        found = len(self.listed_choices)
        if self.kind == self.Kind.CHOICE and not 2 <= found <= MAX_CHOICES:
            raise ValidationError({"choices": _("Give two to ten different answers, one a line.")})

    def as_question(self) -> Question:
        """The survey as pages and mails ask it."""
        return Question(
            key=self.key,
            kind=self.kind,  # type: ignore[arg-type]  # Django's choices are the same four
            text=self.question,
            choices=self.listed_choices if self.kind == self.Kind.CHOICE else (),
            low=self.low,
            high=self.high,
            follow_up=self.follow_up if self.kind != self.Kind.TEXT else "",
            thanks=self.thanks,
            ask_again_days=self.ask_again_days,
        )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("page", _("On the page")), ("mail", _("Where a mail leads"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return previewers[mode_name](request, self)
