"""Two profiles become one: everything the profile floor knows moves to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from clm_plugin.moving import Moved, move_rows
from clm_plugin.profiles.life_events import move_life_events
from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    KeptApart,
    MergeRecord,
    OrderFact,
    Prediction,
    ProductFact,
    Profile,
    TraitValue,
)
from clm_plugin.profiles.operations import CONSENT_STATE, combine_facts
from clm_plugin.profiles.order_facts import recompute
from clm_plugin.profiles.traits import COLUMNS, check_addresses, definitions_of, put, words_of
from clm_plugin.upsert import ADD, LATEST, newer, upsert

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.profiles.data import Merge


def merge_profiles(merge: Merge, *, now: datetime) -> int:
    """Carry out a merge on this floor; returns the id of its record.

    Merges are rare (a login of a known browser), so one by one.
    """
    ids = sorted((merge.survivor, merge.merged))
    rows = {
        row.pk: row
        for row in Profile.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    }
    survivor, merged = rows[merge.survivor], rows[merge.merged]
    names = Identifier.objects.filter(profile=merged)
    record = MergeRecord.objects.create(
        survivor=survivor,
        merged=merged,
        reason=merge.reason,
        merged_at=now,
        snapshot={
            "edge": merge.edge if all(merge.edge) else (survivor.pk, merged.pk),
            "actors": list(names.values_list("actor", flat=True)),
        },
    )
    names.update(origin=Coalesce(F("origin"), merged.pk), profile=survivor)
    _move_signposts(merged, survivor)
    _inherit_apart(record)
    moved = move_rows(merged.pk, survivor.pk, OrderFact)
    facts = Facts.objects.filter(profile=merged).first()
    if facts is not None:
        combine_facts(facts, into=survivor.pk)
        facts.delete()
    _move_counts(merged.pk, survivor.pk)
    _move_consents(merged.pk, survivor.pk)
    _move_traits(merged.pk, survivor.pk)
    Prediction.objects.filter(profile=merged).delete()
    if moved:
        recompute([survivor.pk])
    move_life_events(merged.pk, survivor.pk, ordered=bool(moved))
    return record.pk


def note_moved(record_id: int, moved: Moved) -> None:
    """Keep with a merge what the other floors moved, for an undo."""
    record = MergeRecord.objects.get(pk=record_id)
    record.snapshot["moved"] = moved
    record.save(update_fields=["snapshot"])


def _move_signposts(merged: Profile, survivor: Profile) -> None:
    """Everybody who was merged points to where the person is now, in one step."""
    account = survivor.customer_id or merged.customer_id
    filled = {
        name: getattr(merged, name)
        for name in COLUMNS
        if getattr(merged, name) and not getattr(survivor, name)
    }
    Profile.objects.filter(pk=merged.pk).update(customer_id="", merged_into=survivor)
    Profile.objects.filter(pk=survivor.pk).update(customer_id=account, **filled)
    Profile.objects.filter(merged_into=merged).update(merged_into=survivor)


def _inherit_apart(record: MergeRecord) -> None:
    """Whoever must be kept apart from the merged profile must be from the survivor."""
    gone, kept = record.merged_id, record.survivor_id
    pairs = KeptApart.objects.filter(Q(low=gone) | Q(high=gone)).values_list("low_id", "high_id")
    others = {other for pair in pairs for other in pair} - {gone, kept}
    KeptApart.objects.bulk_create(
        [
            KeptApart(
                low_id=min(kept, other),
                high_id=max(kept, other),
                since=record.merged_at,
                inherited_from=record,
            )
            for other in sorted(others)
        ],
        ignore_conflicts=True,
    )


def _move_traits(old: int, new: int) -> None:
    words = words_of([old])
    if words:
        definitions = definitions_of(key for _, key in words)
        put({(new, key): word for (_, key), word in words.items()}, definitions)
        TraitValue.objects.filter(profile=old).delete()
    check_addresses([new])


def _move_counts(old: int, new: int) -> None:
    products = ProductFact.objects.filter(profile=old)
    upsert(
        ProductFact,
        ("profile_id", "product_id", "views", "last_viewed_at"),
        [(new, *row) for row in products.values_list("product_id", "views", "last_viewed_at")],
        key=("profile_id", "product_id"),
        combine={"views": ADD, "last_viewed_at": LATEST},
    )
    products.delete()
    categories = CategoryFact.objects.filter(profile=old)
    upsert(
        CategoryFact,
        ("profile_id", "category_id", "views", "quantity", "spend_minor"),
        [
            (new, category, views, 0, 0)
            for category, views in categories.values_list("category_id", "views")
        ],
        key=("profile_id", "category_id"),
        combine={"views": ADD},
    )
    categories.delete()


def _move_consents(old: int, new: int) -> None:
    consents = Consent.objects.filter(profile=old)
    columns = ("purpose", "channel", *CONSENT_STATE)
    upsert(
        Consent,
        ("profile_id", *columns),
        [(new, *row) for row in consents.values_list(*columns)],
        key=("profile_id", "purpose", "channel"),
        combine=dict.fromkeys(CONSENT_STATE, newer("changed_at", "purpose")),
    )
    consents.delete()
