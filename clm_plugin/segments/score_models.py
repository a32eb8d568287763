"""Tables of scores and micro-segments, and what they add up to; worked out by night."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING, PersonalData


class RfmScore(models.Model):
    """How recently, how often and for how much a buyer buys: 1 to 5 each, 5 the best."""

    profile = models.OneToOneField(
        "clm_plugin.Profile", primary_key=True, on_delete=models.CASCADE, related_name="rfm"
    )
    r = models.SmallIntegerField()
    f = models.SmallIntegerField()
    m = models.SmallIntegerField()
    name = models.CharField(max_length=32)
    """Key of one of the eleven named segments (``rfm_rules.NAMES``)."""
    scored_at = models.DateTimeField()

    personal_data = PersonalData(
        person="profile",
        holds="recency, frequency and spend of a buyer, as scores",
        why="to tell good customers from those who leave",
        columns=("r", "f", "m", "name", "scored_at"),
    )

    class Meta:
        constraints = [
            # A score outside the map has no name; whatever wrote it is wrong.
            models.CheckConstraint(
                condition=models.Q(
                    r__range=(1, 5),
                    f__range=(1, 5),
                    m__range=(1, 5),
                ),
                name="clm_rfm_in_range",
            ),
        ]
        indexes = [models.Index(fields=["name"], name="clm_rfm_name")]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.r}{self.f}{self.m} {self.name}"


class RfmField(models.Model):
    """The buyers of a score as of the last scoring: a million are not added up to look at them.

    Fields of the heat map are sums of five, and names are sums of scores.
    """

    pk = models.CompositePrimaryKey("r", "f", "m")
    r = models.SmallIntegerField()
    f = models.SmallIntegerField()
    m = models.SmallIntegerField()
    buyers = models.BigIntegerField()
    spend_minor = models.BigIntegerField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.r}{self.f}{self.m}: {self.buyers}"


class MicroSegment(models.Model):
    """A category that a large share of somebody's spend goes to. Unique: one share a category."""

    profile = models.ForeignKey(
        "clm_plugin.Profile", on_delete=models.CASCADE, related_name="micro_segments"
    )
    category_id = models.CharField(max_length=64)
    share = models.FloatField()
    """Of what she spent on goods, 0 to 1."""

    personal_data = PersonalData(
        person="profile",
        holds="the categories a buyer spends most on",
        why="to show and to offer what fits",
        columns=("category_id", "share"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "category_id"], name="clm_micro_once"),
        ]
        indexes = [models.Index(fields=["category_id", "share"], name="clm_micro_category")]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.share:.0%} {self.category_id}"


class MicroField(models.Model):
    """A category as of the last working out: how many buyers spend much of theirs on it."""

    category_id = models.CharField(max_length=64, primary_key=True)
    buyers = models.BigIntegerField()
    share = models.FloatField()
    """Mean of what they spend on it, 0 to 1."""

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.category_id}: {self.buyers}"
