"""Every figure, in an explicit tuple."""

from __future__ import annotations

from benchmarks import (
    f01_product_page,
    f02_decide,
    f03_collect,
    f04_process,
    f05_copurchase,
    f07_segment,
    f10_ledger,
    f12_backfill,
    f13_accuracy,
    f15_touched,
)
from benchmarks.harness import Figure

FIGURES: tuple[Figure, ...] = (
    f01_product_page.FIGURE,
    f02_decide.FIGURE,
    f03_collect.FIGURE,
    f04_process.FIGURE,
    f05_copurchase.FIGURE,
    f07_segment.FIGURE,
    f10_ledger.FIGURE,
    f12_backfill.FIGURE,
    f13_accuracy.FIGURE,
    f15_touched.FIGURE,
)
