"""The programme as marketers author it: a Wagtail snippet with draft, workflow and schedule.

Nothing here earns or spends: on publish a programme is compiled to a plan (``compile.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
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
from clm_plugin.personal import NOTHING
from clm_plugin.wallet.blocks import EarnStream, ExclusionStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

previewers: dict[str, Callable[[HttpRequest, Programme], HttpResponse]] = {}
"""Preview mode -> view; filled at start-up by the console, which knows how to show effects."""

PREVIEW = "effects"


_USUAL = [("gift_cards", None), ("shipping", None)]


def shop_currency() -> str:
    """The default of new programmes."""
    currency: str = settings.CURRENCY
    return currency


def _amount(label: Any, help_text: Any = "", **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        label,
        max_digits=13,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=help_text,
        **options,
    )


def _days(
    label: Any, default: int, help_text: Any = ""
) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MaxValueValidator(3650)], help_text=help_text
    )


class ProgrammeForm(WagtailAdminModelForm):
    """Checks the programme as a whole, at the field that is wrong.

    A draft may be incomplete (Wagtail saves it while one types); what goes live may not.
    """

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if self.is_deferred_validation or self.errors:
            return data
        from clm_plugin.wallet.faults import programme_troubles

        for name, value in data.items():
            if hasattr(self.instance, name):
                setattr(self.instance, name, value)
        for name, text in programme_troubles(self.instance):
            self.add_error(name if name in self.fields else None, text)
        return data


class Programme(
    WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """A store currency of the shop: how it is earned, when it can be spent, and on what."""

    class ExpiryKind(models.TextChoices):
        DAYS = "days", _("so many days after it opens")
        WINDOW = "window", _("on the last day to spend it")
        NEVER = "never", _("never")

    class Policy(models.TextChoices):
        LOT = "lot", _("take back what is left of it")
        DEBT = "debt", _("and let later bonus pay the rest")
        REDUCE_REFUND = "reduce_refund", _("and keep the rest from the refund")

    class Direction(models.TextChoices):
        DOWN = "down", _("down")
        HALF_UP = "half_up", _("to the nearest, halves up")

    key = models.SlugField(
        _("key"),
        unique=True,
        max_length=48,
        help_text=_("Short name in reports and books; do not change it once live."),
    )
    name = models.CharField(
        _("name"), max_length=80, help_text=_("Shoppers read it, such as “Harbour credit”.")
    )
    description = models.TextField(
        _("how to earn it, in a sentence or two"),
        blank=True,
        max_length=500,
        help_text=_("Shoppers read it on their page of store credit."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default=shop_currency,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as GBP."))],
    )
    earn = StreamField(
        EarnStream(required=False),
        verbose_name=_("ways to earn"),
        blank=True,
        help_text=_("Several add up. None: only what campaigns and colleagues grant."),
    )
    earn_first_day = models.DateField(_("earned from"), null=True, blank=True)
    earn_last_day = models.DateField(_("until and with"), null=True, blank=True)
    redeem_first_day = models.DateField(_("spent from"), null=True, blank=True)
    redeem_last_day = models.DateField(_("until and with"), null=True, blank=True)
    pending_days = _days(
        _("days until it opens"),
        14,
        _("As long as an order can be returned; till then it is pending."),
    )
    expiry_kind = models.CharField(
        _("expires"), max_length=8, choices=ExpiryKind.choices, default=ExpiryKind.DAYS
    )
    expiry_days = _days(_("days"), 90, _("To the end of the day by the shop's clock."))
    earn_exclusions = StreamField(
        ExclusionStream(required=False),
        verbose_name=_("does not count when earning"),
        blank=True,
        default=_USUAL,
    )
    spend_exclusions = StreamField(
        ExclusionStream(required=False),
        verbose_name=_("cannot be paid with it"),
        blank=True,
        default=_USUAL,
    )
    min_order = _amount(_("earned from an order of"), _("Of what counts."))
    cap_order = _amount(_("at most for one order"))
    cap_period = _amount(_("at most in a period"))
    cap_period_days = _days(_("the period's days"), 30)
    cap_customer = _amount(_("at most for one customer, ever"))
    budget = _amount(_("at most in all"), _("Then nothing more is granted, whatever happens."))
    spend_min_order = _amount(_("spent from an order of"), _("Of what can be paid with it."))
    spend_max_percent = models.PositiveSmallIntegerField(
        _("pays at most (per cent)"),
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of what can be paid with it."),
    )
    spend_max = _amount(_("pays at most of one order"))
    earn_with_codes = models.BooleanField(_("earned together with voucher codes"), default=True)
    spend_with_codes = models.BooleanField(_("spent together with voucher codes"), default=True)
    spend_with_others = models.BooleanField(
        _("spent together with credit of other programmes"), default=True
    )
    rounding_direction = models.CharField(
        _("rounded"), max_length=8, choices=Direction.choices, default=Direction.DOWN
    )
    rounding_unit = _amount(_("to whole"), _("Such as 1 or 0.50; empty: the smallest coin."))
    refund_policy = models.CharField(
        _("when an order that earned is refunded"),
        max_length=16,
        choices=Policy.choices,
        default=Policy.DEBT,
        help_text=_("What is still pending is taken back in any case."),
    )
    grace_days = _days(
        _("days of grace"),
        14,
        _("How long credit is good that had expired when the order it paid was refunded."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="clm_programme")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="clm_programme",
        for_concrete_model=False,
    )

    base_form_class = ProgrammeForm
    personal_data = NOTHING

    panels = [
        TitleFieldPanel("name", targets=["key"], classname=""),
        MultiFieldPanel(
            [
                FieldPanel("earn"),
                FieldRowPanel([FieldPanel("earn_first_day"), FieldPanel("earn_last_day")]),
                FieldPanel("earn_exclusions"),
                FieldRowPanel([FieldPanel("min_order"), FieldPanel("cap_order")]),
                FieldRowPanel([FieldPanel("cap_period"), FieldPanel("cap_period_days")]),
                FieldRowPanel([FieldPanel("cap_customer"), FieldPanel("budget")]),
                FieldRowPanel([FieldPanel("rounding_direction"), FieldPanel("rounding_unit")]),
                FieldPanel("earn_with_codes"),
            ],
            heading=_("How it is earned"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("pending_days"),
                FieldRowPanel([FieldPanel("expiry_kind"), FieldPanel("expiry_days")]),
                FieldRowPanel([FieldPanel("redeem_first_day"), FieldPanel("redeem_last_day")]),
            ],
            heading=_("When it is good"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("spend_exclusions"),
                FieldRowPanel([FieldPanel("spend_min_order"), FieldPanel("spend_max")]),
                FieldPanel("spend_max_percent"),
                FieldPanel("spend_with_codes"),
                FieldPanel("spend_with_others"),
            ],
            heading=_("How it is spent"),
        ),
        MultiFieldPanel(
            [FieldPanel("refund_policy"), FieldPanel("grace_days")],
            heading=_("Refunds"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("description"),
                FieldRowPanel([FieldPanel("key", widget=SlugInput), FieldPanel("currency")]),
            ],
            heading=_("About this programme"),
        ),
        PublishingPanel(),
    ]

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def revisions(self) -> Any:
        return self._revisions

    def clean(self) -> None:
        """Refuse another key for a programme that is live: lots and books hang on it."""
        super().clean()
        if not self.pk or not self.live:
            return
        before = type(self).objects.filter(pk=self.pk).values_list("key", flat=True).first()
        if before is not None and before != self.key:
            raise ValidationError(
                {"key": _("The programme is live as “%(key)s”; keep that key.") % {"key": before}}
            )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [(PREVIEW, _("What would change"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        return previewers[mode_name](request, self)
