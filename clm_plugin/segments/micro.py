"""Micro-segments made of themselves: the categories that a large share of a buyer's spend goes to.

Worked out anew every night and after a back-fill, for everybody, in two statements.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Avg, Count

from clm_plugin.conf import settings
from clm_plugin.profiles.api import category_facts
from clm_plugin.segments.models import MicroField, MicroSegment


def recompute_micro() -> int:
    """Set everybody's categories; returns how many rows changed. Safe to run twice.

    A category is hers from ``CLM["MICRO_SHARE"]`` of what she spent on goods, cancelled orders
    left out. Categories are those of the order lines; a line without one counts for nothing.
    """
    table, spent = MicroSegment._meta.db_table, category_facts().model._meta.db_table
    least = float(settings.MICRO_SHARE)
    shares = (
        "SELECT profile_id, category_id, spend_minor * 1.0 / SUM(spend_minor) OVER"
        f" (PARTITION BY profile_id) AS share FROM {spent} WHERE spend_minor > 0"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE NOT EXISTS (SELECT 1 FROM ({shares}) s"
            f" WHERE s.profile_id = {table}.profile_id AND s.category_id = {table}.category_id"
            " AND s.share >= %s)",
            (least,),
        )
        gone = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {table} (profile_id, category_id, share)"
            f" SELECT profile_id, category_id, share FROM ({shares}) s WHERE share >= %s"
            " ON CONFLICT (profile_id, category_id) DO UPDATE SET share = excluded.share"
            f" WHERE {table}.share <> excluded.share",
            (least,),
        )
        changed = int(gone + cursor.rowcount)
        _keep_sums()
    return changed


def _keep_sums() -> None:
    """A million buyers are added up when this changes, and not when it is looked at."""
    rows = MicroSegment.objects.values_list("category_id")
    sums = [
        MicroField(category_id=category, buyers=buyers, share=share)
        for category, buyers, share in rows.annotate(buyers=Count("id"), mean=Avg("share"))
    ]
    MicroField.objects.all().delete()
    MicroField.objects.bulk_create(sums)
