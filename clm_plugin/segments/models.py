"""Tables of which groups somebody is in.

``Segment`` is authored in Wagtail; engines read ``CompiledSegment`` only. A persona is a segment
(a rule or a static list) that is marked as one; the personas of somebody are the marked segments
she is inside.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING, PersonalData
from clm_plugin.segments.authoring import Segment
from clm_plugin.segments.score_models import MicroField, MicroSegment, RfmField, RfmScore

__all__ = [
    "CompiledSegment",
    "Evaluation",
    "Membership",
    "MembershipChange",
    "MicroField",
    "MicroSegment",
    "RfmField",
    "RfmScore",
    "Segment",
    "SegmentSet",
    "StaticMember",
]


class CompiledSegment(models.Model):
    """What engines run of a published segment: its rules as JSON, and what can change them."""

    class Kind(models.TextChoices):
        RULE = "rule"
        STATIC = "static"

    key = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=150, default="", blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.RULE)
    persona = models.BooleanField(default=False)
    version = models.BigIntegerField(default=0)
    rules = models.JSONField(default=dict)
    """``segments.to_json`` of the group; empty for a static list."""
    facets = models.JSONField(default=list)
    """What an event must touch to be able to change who is inside."""
    refers = models.JSONField(default=list)
    """Keys of the segments whose membership the rules ask for."""
    timed = models.BooleanField(default=False)
    """Whether time alone can change who is inside."""
    compiled_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return self.name or self.key


class SegmentSet(models.Model):
    """One row: a number that changes with every publish, so that processes reload the segments.

    Random and not counted, so that it never comes back after a restore with others behind it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clm_segmentset_single"),
        ]

    def __str__(self) -> str:
        return f"Segments, version {self.version}"


class Evaluation(models.Model):
    """A segment that everybody has still to be looked at for; deleted when done.

    One row a segment: two publishes in a row make one evaluation, of the later version. Its lock
    keeps two workers from doing the same people.
    """

    segment = models.OneToOneField(
        CompiledSegment, primary_key=True, on_delete=models.CASCADE, related_name="evaluation"
    )
    cause = models.CharField(max_length=16)
    after = models.BigIntegerField(default=0)
    """Profiles up to this id are done: where to go on after a stop."""
    due_at = models.DateTimeField()
    """Later than when it was asked for, after a failure."""

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.segment_id}: after {self.after}"


class Membership(models.Model):
    """Who is inside a segment, and who may come in or drop out when time passes.

    Rows exist for those inside and for those with a due time; nobody else costs anything. The
    primary key is what keeps two workers that look at the same person from making two rows.
    The segment is not enforced by the database: a batch of events must never wait for, or fail on,
    the editor who deletes a segment; the nightly upkeep clears what is left.
    """

    pk = models.CompositePrimaryKey("profile_id", "segment_id")
    segment = models.ForeignKey(
        CompiledSegment,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_constraint=False,
        db_index=False,
    )
    profile = models.ForeignKey(
        "clm_plugin.Profile", on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    inside = models.BooleanField()
    since = models.DateTimeField()
    """When she entered or, for those outside, when this was first known."""
    due_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="profile",
        holds="the segments a person is in",
        why="to address groups of customers",
        columns=("segment_id", "inside", "since", "due_at"),
    )

    class Meta:
        indexes = [
            # The list and the count of members, in the order of ids (batches resume by it).
            models.Index(
                fields=["segment", "profile"],
                name="clm_member_inside",
                condition=models.Q(inside=True),
            ),
            # Time costs nothing while nothing is due: the sweep reads this index only.
            models.Index(
                fields=["due_at"], name="clm_member_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {'in' if self.inside else 'out of'} {self.segment_id}"


class MembershipChange(models.Model):
    """Somebody entered or left a segment, with the reason."""

    segment = models.ForeignKey(
        CompiledSegment,
        on_delete=models.DO_NOTHING,  # history outlives the segment
        related_name="changes",
        db_constraint=False,
        db_index=False,
    )
    profile = models.ForeignKey(
        "clm_plugin.Profile",
        on_delete=models.CASCADE,
        related_name="membership_changes",
        db_index=False,
    )
    entered = models.BooleanField()
    changed_at = models.DateTimeField()
    reason = models.JSONField(default=dict)
    """``{"cause": …, "conditions": [[condition as JSON, holds, why], …]}``."""

    personal_data = PersonalData(
        person="profile",
        holds="when a person entered or left a segment, and why",
        why="to explain decisions and to start campaigns",
        columns=("segment_id", "entered", "changed_at", "reason"),
    )

    class Meta:
        indexes = [
            models.Index(fields=["profile", "changed_at"], name="clm_memchange_profile"),
            models.Index(fields=["segment", "changed_at"], name="clm_memchange_segment"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {'entered' if self.entered else 'left'} {self.segment_id}"


class StaticMember(models.Model):
    """Somebody on a static list. Unique: the same file imported twice lists her once."""

    segment = models.ForeignKey(
        CompiledSegment,
        on_delete=models.DO_NOTHING,  # a list that is taken offline is not lost
        related_name="listed",
        db_constraint=False,
        db_index=False,
    )
    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    merged_from = models.BigIntegerField(null=True)
    """The profile that brought this entry in a merge, so that the merge can be undone."""

    personal_data = PersonalData(
        person="profile",
        holds="the lists a person was put on",
        why="lists made by hand or from a file",
        columns=("segment_id", "added_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "profile"], name="clm_static_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} on {self.segment_id}"
