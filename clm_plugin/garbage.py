"""Python's garbage collector and batches of thousands of rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """Look for cyclic garbage after the block, not in it.

    A batch holds tens of thousands of objects, none of them garbage yet; the collector walks them
    again and again as more are made, which took a third of a worker's time. What is not cyclic is
    freed at once all the same. Beside another thread's block the first to end turns it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
