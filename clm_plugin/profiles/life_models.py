"""Tables of life events: the kinds a shop knows, and what is known of each person."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import NOTHING, PersonalData


class LifeEventKind(models.Model):
    """A kind of life event that the shop asks for, or reads from what people order."""

    class Source(models.TextChoices):
        DECLARED = "declared", _("People tell us")
        DATED = "dated", _("People tell us a date")
        INFERRED = "inferred", _("Read from orders")

    personal_data = NOTHING

    key = models.CharField(
        _("key"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9_-]*\Z",
                _("Small letters, digits, dashes and underscores, beginning with a letter."),
            )
        ],
        help_text=_("For example birthday or new_baby. It stays."),
    )
    label = models.CharField(_("label"), max_length=100)
    source = models.CharField(
        _("source"), max_length=8, choices=Source.choices, default=Source.DATED
    )
    category_id = models.CharField(
        _("category"),
        max_length=64,
        default="",
        blank=True,
        help_text=_("The shop's id of the category. For those read from orders."),
    )
    at_least = models.PositiveSmallIntegerField(
        _("at least this many orders"), default=2, validators=[MinValueValidator(1)]
    )
    within_days = models.PositiveSmallIntegerField(
        _("within days"), default=90, validators=[MinValueValidator(1)]
    )
    yearly = models.BooleanField(
        _("comes back every year"), default=False, help_text=_("A birthday, an anniversary.")
    )
    sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_(
            "Health, pregnancy, faith and the like: stored, shown to few, and never named in a mail"
            " or on a page."
        ),
    )

    is_stale = models.BooleanField(default=True, editable=False, db_default=True)
    """Edited since it was told from the log; the next retelling sets it right."""

    class Meta:
        ordering = ("label",)
        verbose_name = _("life event")
        verbose_name_plural = _("life events")

    def __str__(self) -> str:
        return self.label or self.key

    def clean(self) -> None:
        if self.source == self.Source.INFERRED and not self.category_id:
            raise ValidationError({"category_id": _("Say which category the orders must be of.")})


class LifeEvent(models.Model):
    """A life event of a person. One row a profile, kind and source; live while not ended.

    Inferred ones end with their window of orders. A withdrawn one stays as a row that ended, so
    that a late message of its declaration changes nothing, and speaks against an inference too.
    """

    class Source(models.TextChoices):
        DECLARED = "declared"
        DATED = "dated"
        INFERRED = "inferred"

    personal_data = PersonalData(
        person="profile",
        holds="dates and life events that a person told the shop, or that her orders point to",
        why="to be useful at the right time of her life",
        columns=("kind", "on", "yearly", "source", "declared_at", "ends_at"),
    )

    profile = models.ForeignKey(
        "clm_plugin.Profile", on_delete=models.CASCADE, related_name="life_events"
    )
    kind = models.CharField(max_length=64)
    on = models.DateField(null=True, db_column="on_date")
    month_day = models.SmallIntegerField(null=True)
    """``on`` without its year as month x 100 + day (229 is 29 February): found by index."""
    yearly = models.BooleanField(default=False)
    source = models.CharField(max_length=8, choices=Source.choices)
    declared_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A declaration that is told twice is one, by whichever worker.
            models.UniqueConstraint(fields=["profile", "kind", "source"], name="clm_life_once"),
        ]
        indexes = [
            models.Index(fields=["kind", "month_day"], name="clm_life_month_day"),
            models.Index(fields=["kind", "on"], name="clm_life_on"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.kind}"
