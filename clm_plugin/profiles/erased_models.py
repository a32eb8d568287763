"""The table of erased names."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import PersonalData


class Erased(models.Model):
    """A name of somebody who was erased: an account, a visitor, an address, an order of hers.

    Only a keyed hash of the name is kept (``CLM["ERASURE_KEY"]``), so that what the shop, an
    import or a late webhook tells of her again can be known and dropped, and nobody can read from
    the table who she was.
    """

    hash = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    """When she came back of herself: what happens from then on is known under this name anew."""

    personal_data = PersonalData(
        person="",
        holds="keyed hashes of the names of people who were erased",
        why="what is told of them again, from wherever, is dropped",
        columns=(),
        erase="keep",
        kept="for good",
    )

    def __str__(self) -> str:
        return f"{self.hash} {self.erased_at:%Y-%m-%d}"
