"""Who is told of what happens to credit: our own events above the ledger, and nobody else.

The ledger knows no event and no campaign; ``crediting`` hears here and records them, in the
transaction that posted, so that a posting without its event cannot be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from clm_plugin.wallet.data import News

    Hearer = Callable[[Sequence[News]], None]

_hearers: list[Hearer] = []


def hear(hearer: Hearer) -> None:
    """Call ``hearer`` with all news from now on; once, however often it is named."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def tell(news: Sequence[News]) -> None:
    """Tell everybody who hears, in the caller's transaction. What a hearer raises undoes it all."""
    if news:
        for hearer in _hearers:
            hearer(news)
