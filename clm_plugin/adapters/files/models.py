"""Tables of imports. Rows wait in the database, so that any worker on any machine can take them.

Personal data: the rows of files as they came, until the import is done and its errors are old.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import NOTHING, PersonalData


class Import(models.Model):
    """A file that somebody brought: how it is to be read, and what became of it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Waits for its columns")
        CHECKING = "checking", _("Being looked through")
        CHECKED = "checked", _("Looked through")
        RUNNING = "running", _("Being read in")
        DONE = "done", _("Done")
        FAILED = "failed", _("Stopped")

    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    """``data.Reading`` as a dictionary."""
    encoding = models.CharField(max_length=16, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    problem = models.TextField(default="", blank=True)
    rows = models.IntegerField(default=0)
    done_parts = models.IntegerField(default=0)
    """Parts looked through or read in so far; where to go on after a stop."""
    new = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    credit = models.JSONField(default=dict)
    """Of a file of store credit: minor units by currency that were looked through (``checked``)
    and given (``done``), and who answers for them (``by``)."""
    created_by = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    personal_data = NOTHING

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="clm_import_created")]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class ImportPart(models.Model):
    """Some rows of a file, ``[line number, cells, problem]`` each; deleted when they are old."""

    pk = models.CompositePrimaryKey("run_id", "number")
    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    lines = models.JSONField(default=list)

    personal_data = PersonalData(
        person="lines",
        by="text",
        holds="rows of an imported file as they came",
        why="to read them in, and to give wrong ones back",
        columns=(),
        erase="clear",
        kept="30 days, or until the import is deleted",
    )

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class RefusedRow(models.Model):
    """A row that was refused, and why; what the error file is made of."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="errors")
    line = models.IntegerField()
    cells = models.JSONField(default=list)
    why = models.TextField()

    personal_data = PersonalData(
        person="cells",
        by="text",
        holds="rows of an imported file that were refused",
        why="to give wrong ones back",
        columns=(),
        kept="30 days, or until the import is deleted",
    )

    class Meta:
        constraints = [
            # A part that is looked through twice names its wrong rows once.
            models.UniqueConstraint(fields=["run", "line"], name="clm_import_error_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}, line {self.line}: {self.why}"
