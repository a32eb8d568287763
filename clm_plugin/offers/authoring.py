"""The offer as marketers author it: a Wagtail snippet with draft, preview, workflow, schedule.

Nothing here decides anything: on publish an offer is compiled to a frozen plan (``compile.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.shortcuts import render
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
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from clm_plugin.conf import settings
from clm_plugin.offers.blocks import ConditionStream, EffectStream
from clm_plugin.offers.choices import offer_choices
from clm_plugin.personal import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

previewers: dict[str, Callable[[HttpRequest, Offer], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up."""

PREVIEW = "shopper"


def shops_currency() -> str:
    """The shop's currency, for a new offer."""
    return str(settings.CURRENCY)


class OfferForm(WagtailAdminModelForm):
    """Checks an offer as a whole, and says at the field what to do.

    A draft may be incomplete (Wagtail saves it while one types); what goes live may not.
    """

    combines_with = forms.MultipleChoiceField(
        label=_("these offers"),
        choices=offer_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For “only with the offers named here”; the others must name this one too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("combines_with")
        if field is not None and self.instance is not None:
            kept = list(self.instance.combines_with or ())
            known = [choice for choice in offer_choices() if choice[0] != self.instance.key]
            gone = [(key, key) for key in kept if key not in dict(known)]
            field.choices = [*known, *gone]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if self.is_deferred_validation:
            return data
        from clm_plugin.offers.checking import wrong_with

        for name, text in wrong_with(data, now=_clock()):
            if name in self.fields and name not in self.errors:
                self.add_error(name, text)
        return data


def _clock() -> Any:
    from clm_plugin import clock

    return clock.now()


class Offer(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """What is given, to whom, when, how often, and beside what."""

    class Given(models.TextChoices):
        CODE = "code", _("Who has a code")
        GRANT = "grant", _("Who was given it, without a code")
        EVERYBODY = "everybody", _("Everybody who fits, without a code")

    class Combines(models.TextChoices):
        ALONE = "alone", _("With no other offer")
        NAMED = "named", _("Only with the offers named here")
        ALL = "all", _("With every offer that allows it")

    key = models.SlugField(
        _("key"),
        unique=True,
        max_length=64,
        help_text=_("Short name in reports and links; do not change it once live."),
    )
    name = models.CharField(_("name"), max_length=120, help_text=_("For you; nobody else sees it."))
    title = models.CharField(
        _("what shoppers read"), max_length=120, help_text=_("Such as “10 % off your next order”.")
    )
    terms = models.TextField(
        _("small print"),
        blank=True,
        max_length=500,
        help_text=_("In plain words; minimum and end date are added by themselves."),
    )
    effect = StreamField(EffectStream(), verbose_name=_("what it gives"))
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default=shops_currency,
        validators=[
            RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters, such as GBP (ISO 4217)."))
        ],
        help_text=_("Of all amounts here; in other currencies the offer does not count."),
    )
    conditions = StreamField(
        ConditionStream(required=False),
        verbose_name=_("conditions"),
        blank=True,
        help_text=_("All of these must hold; leave it empty for none."),
    )
    given = models.CharField(_("used by"), max_length=10, choices=Given.choices, default=Given.CODE)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("Shoppers read it with the time zone.")
    )
    lasts_days = models.PositiveSmallIntegerField(
        _("ends after (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Counted from the day somebody was given it; empty: with the offer."),
    )
    most_total = models.PositiveIntegerField(
        _("uses in all"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    most_per_profile = models.PositiveIntegerField(
        _("uses for each customer"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
    )
    most_per_day = models.PositiveIntegerField(
        _("uses a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    budget = models.DecimalField(
        _("budget"),
        max_digits=14,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("All discounts together; a use that does not fit any more is refused."),
    )
    combines = models.CharField(
        _("can be combined"), max_length=8, choices=Combines.choices, default=Combines.ALONE
    )
    combines_with = models.JSONField(_("these offers"), default=list, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("0 to 100; the higher is taken off first."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_offer")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_offer",
        for_concrete_model=False,
    )

    base_form_class = OfferForm
    personal_data = NOTHING

    panels = [
        TitleFieldPanel("name", targets=["key"], classname=""),
        FieldPanel("key", widget=SlugInput),
        FieldPanel("effect"),
        MultiFieldPanel([FieldPanel("title"), FieldPanel("terms")], heading=_("For shoppers")),
        MultiFieldPanel(
            [FieldPanel("given"), FieldPanel("conditions")], heading=_("Whom it is for")
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("lasts_days"),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("most_total"), FieldPanel("most_per_profile")]),
                FieldRowPanel([FieldPanel("most_per_day"), FieldPanel("budget")]),
                FieldPanel("currency"),
            ],
            heading=_("Limits"),
        ),
        MultiFieldPanel(
            [FieldPanel("combines"), FieldPanel("combines_with"), FieldPanel("priority")],
            heading=_("Beside other offers"),
        ),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    def clean(self) -> None:
        """Refuse another key for an offer that is live: grants and codes hang on it."""
        super().clean()
        if not self.pk or not self.live:
            return
        before = type(self).objects.filter(pk=self.pk).values_list("key", flat=True).first()
        if before is not None and before != self.key:
            raise ValidationError(
                {"key": _("The offer is live as “%(key)s”; keep that key.") % {"key": before}}
            )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [(PREVIEW, _("As a shopper reads it"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if mode_name not in previewers:
            return render(request, "clm_plugin/campaigns/no_preview.html")
        return previewers[mode_name](request, self)
