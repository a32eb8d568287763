"""The table of credit given or taken by hand: who asked, and who agreed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import PersonalData


class GrantRequest(models.Model):
    """Credit that somebody of the shop gives or takes by hand; beyond her limit it waits.

    ``key`` comes with the form, so a double click asks once. People of the shop are kept by the
    number of their login and by their name: who was renamed is still the same.
    """

    class Kind(models.TextChoices):
        GRANT = "grant", _("Give")
        DEDUCT = "deduct", _("Take away")
        FILE = "file", _("File of grants")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Done")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    programme = models.CharField(max_length=64, default="", blank=True)
    """Empty for a file with several."""
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    opens_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State.choices)
    needs_approval = models.BooleanField()
    requested_by = models.CharField(max_length=64)
    requested_name = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    """Until when a second person may agree."""
    approved_by = models.CharField(max_length=64, default="", blank=True)
    closed_name = models.CharField(max_length=150, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=200, default="", blank=True)
    transaction = models.ForeignKey(
        "clm_plugin.Transaction", null=True, on_delete=models.PROTECT, related_name="+"
    )
    file = models.BigIntegerField(null=True)
    """The import that it is for."""

    personal_data = PersonalData(
        person="profile",
        holds="store credit that staff gave or took by hand, and who agreed",
        why="nobody gives away much alone",
        columns=(
            "requested_at", "kind", "amount_minor", "currency", "programme", "reason", "state",
        ),
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(
                fields=["lapses_at"], name="clm_request_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["requested_by", "requested_at"], name="clm_request_by"),
        ]
        constraints = [
            # Nobody agrees to what she asked for herself, whichever screen or script is used.
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("requested_by")),
                name="clm_request_second_person",
            ),
            # And what needs a second person is not done without one.
            models.CheckConstraint(
                condition=~Q(state="approved", needs_approval=True) | ~Q(approved_by=""),
                name="clm_request_approved",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="clm_request_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "approved", "refused", "withdrawn"]),
                name="clm_request_state",
            ),
        ]
        permissions = [("reverse_credit", "Can reverse transactions of store credit")]
        verbose_name = _("grant by hand")
        verbose_name_plural = _("grants by hand")

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}: {self.state}"
