"""A merge undone, on the profile floor: names go back, and the two are kept apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from clm_plugin.exceptions import ClmError
from clm_plugin.profiles.family import Born, Link, first_owners, labels, oldest, part_of
from clm_plugin.profiles.models import Identifier, KeptApart, MergeRecord, Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from clm_plugin.moving import Moved


class MergeError(ClmError):
    """A merge that cannot be undone: there is none, or it was undone before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two people again. ``kept`` has the id the person had, ``freed`` is the other one.

    ``merged`` is who was merged then: ``freed``, unless an older profile joined her since.
    ``part`` are all profiles that are ``freed`` now, ``given`` the rows of the other floors that
    were theirs before the merge.
    """

    kept: int
    freed: int
    merged: int
    part: frozenset[int]
    given: Moved = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an undo would do; ``names`` are those that go, ``rest`` the merges that stay."""

    record: MergeRecord
    split: Split
    names: tuple[str, ...]
    rest: tuple[MergeRecord, ...]
    born: dict[int, Born]


def plan_split(record_id: int) -> Plan:
    """What undoing a merge would do, whichever merges came after it. Raises MergeError."""
    record = MergeRecord.objects.filter(pk=record_id).first()
    if record is None:
        raise MergeError("there is no such merge")
    if record.undone_at is not None:
        raise MergeError("this merge was undone before")
    root = Profile.objects.filter(pk=record.merged_id).values_list("merged_into", flat=True).get()
    if root is None:
        raise MergeError("the merged profile stands by itself already")
    family = Profile.objects.filter(Q(pk=root) | Q(merged_into=root))
    born = {pk: (at, pk) for pk, at in family.values_list("pk", "created_at")}
    active = list(MergeRecord.objects.filter(merged__in=born, undone_at=None).order_by("pk"))
    rest = tuple(each for each in active if each.pk != record.pk)
    links = [_link(each) for each in rest]
    cut = _link(record)
    part = part_of(cut.other if cut.one in part_of(root, links) else cut.one, links)
    names = Identifier.objects.filter(profile=root, origin__in=part).order_by("actor")
    return Plan(
        record=record,
        split=Split(
            kept=root,
            freed=oldest(part, born),
            merged=record.merged_id,
            part=part,
            given=_rows_of(part, active),
        ),
        names=tuple(names.values_list("actor", flat=True)),
        rest=rest,
        born=born,
    )


def split(record_id: int, *, now: datetime, by: int | None = None) -> Split:
    """Undo a merge in the caller's transaction, which holds the queue. Raises MergeError.

    ``by`` is the user who said so. Facts, traits and consents are left to a refold of both.
    """
    _hold_family(record_id)
    plan = plan_split(record_id)
    done, record = plan.split, plan.record
    _relabel(plan.rest, plan.born, done.given)
    record.undone_at, record.undone_by_id = now, by
    record.save(update_fields=["undone_at", "undone_by"])
    _free(done.part, root=done.kept, freed=done.freed)
    KeptApart.objects.filter(inherited_from=record).delete()
    low, high = sorted((done.kept, done.freed))
    KeptApart.objects.get_or_create(low_id=low, high_id=high, defaults={"since": now})
    return done


def _hold_family(record_id: int) -> None:
    """Against a second undo, and whoever works on one of these people outside the queue."""
    record = MergeRecord.objects.select_for_update(of=("self",)).filter(pk=record_id)
    merged = record.values_list("merged_id", flat=True).first()
    root = Profile.objects.filter(pk=merged or 0).values_list("merged_into", flat=True).first()
    rows = Profile.objects.select_for_update(no_key=True, of=("self",)).order_by("id")
    list(rows.filter(Q(pk=root) | Q(merged_into=root)).values_list("pk", flat=True))


def _link(record: MergeRecord) -> Link:
    one, other = record.snapshot.get("edge", (record.survivor_id, record.merged_id))
    return Link(record=record.pk, one=one, other=other)


def _rows_of(part: frozenset[int], records: Sequence[MergeRecord]) -> Moved:
    """The rows that these profiles had before they were merged with anybody else."""
    owners = first_owners(
        [
            (
                record.merged_id,
                [
                    (table, key)
                    for table, keys in record.snapshot.get("moved", {}).items()
                    for key in keys
                    if not isinstance(key, dict)
                ],
            )
            for record in records
        ]
    )
    given: dict[str, list[Any]] = {}
    for row, owner in owners.items():
        if owner in part and isinstance(row, tuple):
            given.setdefault(row[0], []).append(row[1])
    for record in records:  # rows that had to give way to the survivor's are kept whole
        for table, keys in record.snapshot.get("moved", {}).items():
            whole = [key for key in keys if isinstance(key, dict)]
            if whole and record.merged_id in part:
                given.setdefault(table, []).extend(whole)
    return given


def _relabel(records: Sequence[MergeRecord], born: Mapping[int, Born], given: Moved) -> None:
    """The merges that stay read as if the undone one had never been."""
    gone = {table: {_key(key) for key in keys} for table, keys in given.items()}
    found = labels([_link(record) for record in records], born)
    for record, label in zip(records, found, strict=True):
        moved = {
            table: [key for key in keys if _key(key) not in gone.get(table, ())]
            for table, keys in record.snapshot.get("moved", {}).items()
        }
        record.survivor_id, record.merged_id = label.survivor, label.merged
        record.snapshot = {**record.snapshot, "moved": moved}
        record.save(update_fields=["survivor", "merged", "snapshot"])


def _key(key: Any) -> Any:
    return key["id"] if isinstance(key, dict) else key


def _free(part: frozenset[int], *, root: int, freed: int) -> None:
    """Names and signposts of the part that goes; the account goes with its name."""
    names = Identifier.objects.filter(profile=root, origin__in=part)
    names.update(profile=freed)
    Identifier.objects.filter(profile=freed, origin=F("profile")).update(origin=None)
    Profile.objects.filter(pk__in=part).update(merged_into=freed)
    Profile.objects.filter(pk=freed).update(merged_into=None)
    for pid in (root, freed):
        account = Identifier.objects.filter(profile=pid, actor__startswith="customer:").first()
        customer = account.actor.partition(":")[2] if account is not None else ""
        Profile.objects.filter(pk=pid).update(customer_id=customer)
