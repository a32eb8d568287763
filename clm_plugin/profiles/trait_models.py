"""Tables of traits: what the shop declares, and what is known of each person."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import NOTHING, PersonalData
from clm_plugin.profiles.data import BUILT_IN


class TraitDefinition(models.Model):
    """A trait that the shop declared: its type, and which word counts when two were told.

    The key never changes (values and segments refer to it); the built-in traits of
    ``profiles.data.BUILT_IN`` need no row.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        BOOLEAN = "boolean", _("Yes or no")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")

    class Rule(models.TextChoices):
        NEWEST = "newest", _("Newest")
        OLDEST = "oldest", _("Oldest")
        STRONGEST = "strongest", _("Account's word, then newest")
        LARGEST = "largest", _("Largest")
        SMALLEST = "smallest", _("Smallest")

    personal_data = NOTHING

    key = models.CharField(
        _("key"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[A-Za-z][A-Za-z0-9_.-]*\Z",
                _("Letters, digits, points, dashes and underscores, beginning with a letter."),
            )
        ],
        help_text=_("As the source sends it, for example favourite_colour or plan. It stays."),
    )
    label = models.CharField(_("label"), max_length=100)
    kind = models.CharField(_("type"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    """The allowed values of a choice, as a list of texts."""
    rule = models.CharField(
        _("which word counts"), max_length=9, choices=Rule.choices, default=Rule.NEWEST
    )
    sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("Stored and usable for exclusion, but never named in a mail or on a page."),
    )

    is_stale = models.BooleanField(default=True, editable=False, db_default=True)
    """Edited since it was told from the log; the next retelling sets it right."""

    class Meta:
        ordering = ("label",)
        verbose_name = _("trait")
        verbose_name_plural = _("traits")

    def __str__(self) -> str:
        return self.label or self.key

    def clean(self) -> None:
        if self.key in BUILT_IN or self.key.startswith("survey."):
            raise ValidationError({"key": _("This key is taken by a built-in trait.")})


class TraitValue(models.Model):
    """A trait of a person, typed: built-in ones, those the shop declared, answers to surveys.

    One row a profile and key, the word that counts by the trait's rule. Exactly one of ``text``,
    ``number`` and ``moment`` is filled, by the trait's kind (a boolean is the number 0 or 1), so
    that segments compare typed columns by index.
    """

    personal_data = PersonalData(
        person="profile",
        holds="names, address, language, country and the traits the shop declared",
        why="to speak to a person as herself and to place her in segments",
        columns=("key", "text", "number", "moment", "told_at", "source"),
    )

    profile = models.ForeignKey(
        "clm_plugin.Profile", on_delete=models.CASCADE, related_name="traits"
    )
    key = models.CharField(max_length=64)
    text = models.CharField(max_length=255, null=True)
    number = models.FloatField(null=True)
    moment = models.DateTimeField(null=True)
    told_at = models.DateTimeField()
    strong = models.BooleanField(default=False)
    """From an account or a trusted source; what was typed at a checkout only fills gaps."""
    source = models.CharField(max_length=16, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "key"], name="clm_trait_once"),
        ]
        indexes = [
            models.Index(fields=["key", "number"], name="clm_trait_number"),
            models.Index(fields=["key", "text"], name="clm_trait_text"),
            models.Index(fields=["key", "moment"], name="clm_trait_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.key}"
