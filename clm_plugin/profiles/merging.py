"""Two profiles become one: everything the profile floor knows moves to the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.forms.models import model_to_dict

from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    MergeRecord,
    OrderFact,
    ProductFact,
    Profile,
)
from clm_plugin.profiles.operations import combine_facts
from clm_plugin.profiles.order_facts import recompute
from clm_plugin.upsert import ADD, LATEST, newer, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.profiles.data import Merge


def merge_profiles(merges: Sequence[Merge], *, now: datetime) -> None:
    """Carry out merges in order. Merges are rare (a login of a known browser), so one by one."""
    for merge in merges:
        _merge(merge, now)


def _merge(merge: Merge, now: datetime) -> None:
    ids = sorted((merge.survivor, merge.merged))
    rows = {
        row.pk: row
        for row in Profile.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    }
    survivor, merged = rows[merge.survivor], rows[merge.merged]
    actors = list(Identifier.objects.filter(profile=merged).values_list("actor", flat=True))
    MergeRecord.objects.create(
        survivor=survivor,
        merged=merged,
        reason=merge.reason,
        merged_at=now,
        snapshot={"actors": actors, "profile": _plain(model_to_dict(merged))},
    )
    Identifier.objects.filter(profile=merged).update(profile=survivor)
    orders = OrderFact.objects.filter(profile=merged).update(profile=survivor)
    facts = Facts.objects.filter(profile=merged).first()
    if facts is not None:
        combine_facts(facts, into=survivor.pk)
        facts.delete()
    _move_counts(merged.pk, survivor.pk)
    _move_consents(merged.pk, survivor.pk)
    for name in ("email", "first_name", "language", "country", "time_zone"):
        if not getattr(survivor, name):
            setattr(survivor, name, getattr(merged, name))
    survivor.save()
    merged.merged_into = survivor
    merged.save(update_fields=["merged_into"])
    if orders:
        recompute([survivor.pk])


def _plain(values: dict) -> dict:
    return {name: str(value) if value is not None else None for name, value in values.items()}


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
    columns = ("purpose", "granted", "changed_at", "source")
    upsert(
        Consent,
        ("profile_id", *columns),
        [(new, *row) for row in consents.values_list(*columns)],
        key=("profile_id", "purpose"),
        combine=dict.fromkeys(("granted", "source", "changed_at"), newer("changed_at", "purpose")),
    )
    consents.delete()
