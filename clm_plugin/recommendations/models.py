"""Tables of what fits together. No personal data."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING


class CoPurchase(models.Model):
    """``other_id`` is often in the same order as ``product_id``; rank 1 is the best.

    support: share of orders with both; confidence: P(other | product); lift: confidence / P(other)
    (Agrawal, Imielinski and Swami 1993; Brin et al. 1997).
    """

    product_id = models.CharField(max_length=64)
    other_id = models.CharField(max_length=64)
    rank = models.SmallIntegerField()
    together = models.IntegerField()
    support = models.FloatField()
    confidence = models.FloatField()
    lift = models.FloatField()
    score = models.FloatField()

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product_id", "rank"], name="clm_copurchase_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}"
