"""Tables of the Segment endpoints: who may send, whose a device is, and baskets told in pieces."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import NOTHING, PersonalData


class WriteKey(models.Model):
    """Leave to send events. The key itself is shown once; what is kept is its SHA-256.

    A plain hash is enough: a key has 192 random bits and cannot be found by trying.
    """

    class Kind(models.TextChoices):
        SERVER = "server", _("Server")
        BROWSER = "browser", _("Browser or app")

    class IdsAre(models.TextChoices):
        CUSTOMER = "customer", _("This shop's customer ids")
        EXTERNAL = "external", _("Ids of another system")

    personal_data = NOTHING

    name = models.CharField(_("name"), max_length=100)
    key_hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SERVER)
    ids_are = models.CharField(
        _("user ids are"), max_length=8, choices=IdsAre.choices, default=IdsAre.EXTERNAL
    )
    source = models.CharField(_("source"), max_length=16)
    origins = models.JSONField(_("allowed origins"), default=list, blank=True)
    """Origins of pages that may use a browser key, such as ``https://www.example.com``."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True)
    """To the minute: not every request writes here."""
    refused_at = models.DateTimeField(null=True)
    refused_why = models.CharField(max_length=255, default="")
    """The last message that was refused: clients do not read answers, so the screen tells."""
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("write key")
        verbose_name_plural = _("write keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Cart(models.Model):
    """A basket that is told piece by piece: what was put in and taken out, each with its time.

    Pieces may come late, twice or in any order; the basket is worked out from all of them, so the
    end is the same. ``pieces`` by message id, see ``carts.py``.
    """

    personal_data = PersonalData(
        person="actor",
        holds="what somebody put into a basket of another front end and took out again",
        why="to know the basket as it is now",
        columns=("cart_id", "pieces", "changed_at"),
        by="actor",
        kept="30 days after its last change",
        aged_by="changed_at",
        days=30,
    )

    cart_id = models.CharField(max_length=64, primary_key=True)
    actor = models.CharField(max_length=80, db_index=True)
    pieces = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cart_id


class DeviceUser(models.Model):
    """Whose a device is in a system whose accounts we do not have: the first user it came with.

    Two accounts of the shop that share a device are never joined; users of another system are no
    accounts here, so it is this row that keeps the second one apart (reliability, case 44).
    """

    personal_data = PersonalData(
        person="actor",
        holds="which device of another front end somebody used first",
        why="so that two people who share a device stay two",
        columns=("device", "source"),
        by="actor",
    )

    device = models.CharField(max_length=80)
    source = models.CharField(max_length=16)
    actor = models.CharField(max_length=80, db_index=True)

    class Meta:
        constraints = [
            # Two users that are told at once of one device: the first to be written has it.
            models.UniqueConstraint(fields=["device", "source"], name="clm_device_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device}: {self.actor}"
