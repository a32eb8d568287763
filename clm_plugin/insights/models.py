"""Tables of what we learn: counters by day, and the benchmarks to hold them against.

Counters are rolled up from the floors below (``counting.py``), so that the board asks some thousand
narrow rows where it would have to count millions. A day is a day of the shop's time zone. No
personal data: numbers only, which is why they may stay when a person is erased.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import NOTHING


class StageDay(models.Model):
    """How many people stood in a stage at the end of a day; today's row: when last counted."""

    pk = models.CompositePrimaryKey("day", "stage")
    day = models.DateField()
    stage = models.CharField(max_length=32)
    people = models.BigIntegerField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.stage}: {self.people}"


class StageFlow(models.Model):
    """How many moves there were from a stage to another on a day; empty source: newcomers.

    ``ours``: moves that we made (another model, another purchase gap, a merge), not the people.
    They belong to the head-counts, and into no arrow.
    """

    pk = models.CompositePrimaryKey("day", "source", "target", "ours")
    day = models.DateField()
    source = models.CharField(max_length=32)
    target = models.CharField(max_length=32)
    ours = models.BooleanField(default=False)
    moves = models.BigIntegerField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.source or 'new'} -> {self.target}: {self.moves}"


class SegmentFlow(models.Model):
    """How many people entered and left a segment on a day, and were in at that day's last count."""

    pk = models.CompositePrimaryKey("day", "segment")
    day = models.DateField()
    segment = models.CharField(max_length=64)
    entered = models.BigIntegerField()
    left = models.BigIntegerField()
    members = models.BigIntegerField(null=True)
    """None on days that were not counted while they were today."""

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.segment}: +{self.entered} -{self.left}"


class MetricDay(models.Model):
    """A number of a day, by its key (``counting.py`` names them all). Money: minor units."""

    pk = models.CompositePrimaryKey("day", "key")
    day = models.DateField()
    key = models.CharField(max_length=64)
    number = models.BigIntegerField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.key}: {self.number}"


class ContactDay(models.Model):
    """A campaign's decisions, contacts and clicks of a day, by channel and by the person's stage.

    ``stage`` is the one at the moment of the decision; empty for decisions against a contact.
    """

    pk = models.CompositePrimaryKey("day", "campaign", "channel", "stage")
    day = models.DateField()
    campaign = models.CharField(max_length=64)
    channel = models.CharField(max_length=8)
    stage = models.CharField(max_length=32)
    decided = models.BigIntegerField(default=0)
    eligible = models.BigIntegerField(default=0)
    held_out = models.BigIntegerField(default=0)
    yes = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    clicked = models.BigIntegerField(default=0)

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.campaign} {self.stage}"


class Tally(models.Model):
    """When the counters were last brought up to date, how far they had read, and what it cost."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()
    last_change = models.BigIntegerField(default=0)
    """The newest move between stages that had been read."""
    cost_ms = models.IntegerField(default=0)

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clm_tally_single"),
        ]

    def __str__(self) -> str:
        return f"Counted at {self.counted_at}"


class Benchmark(models.Model):
    """What others reach: the share of those who leave a stage that go on, and who says so.

    A row stands in for the shipped figure of its stage; with an empty share there is none.
    """

    stage = models.CharField(_("stage"), max_length=32, primary_key=True)
    share = models.FloatField(_("share that goes on"), null=True, blank=True)
    """0 to 1."""
    source = models.CharField(_("source"), max_length=200, default="", blank=True)
    changed_at = models.DateTimeField(null=True)

    personal_data = NOTHING

    class Meta:
        constraints = [
            # A share typed as 30 for 30 per cent must not turn every stage into a failure.
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gte=0, share__lte=1),
                name="clm_benchmark_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.share}"
