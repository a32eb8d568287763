"""The adapter that the host named, and what is said when it named none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.testing.memory_shop import MemoryShop


def named(settings: Any, path: str) -> None:
    settings.CLM = {**settings.CLM, "SHOP": path}


def test_the_named_shop_is_one_for_the_process(settings: Any) -> None:
    assert isinstance(get_shop(), OscarShop)
    assert get_shop() is get_shop()
    named(settings, "clm_plugin.testing.memory_shop.MemoryShop")
    assert isinstance(get_shop(), MemoryShop)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("nowhere.at.All", "cannot be imported"),
        ("clm_plugin.adapters.oscar.Missing", "cannot be imported"),
        ("nonsense", "cannot be imported"),
        ("datetime.datetime", "is not a class derived from"),
        ("clm_plugin.shop.registry.get_shop", "is not a class derived from"),
        ("clm_plugin.shop.api.Shop", "is not complete"),
    ],
)
def test_a_wrong_path_says_what_is_wrong(settings: Any, path: str, why: str) -> None:
    named(settings, path)
    with pytest.raises(ShopError, match=why) as raised:
        get_shop()
    assert path in str(raised.value)


def test_a_cursor_of_a_moment_is_in_utc_and_sorts_as_time() -> None:
    shop = MemoryShop()
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    jakarta = noon.astimezone(timezone(timedelta(hours=7)))
    assert shop.cursor_at(noon) == shop.cursor_at(jakarta) == "2026-03-01T12:00:00.000000"
    moments = [noon + timedelta(microseconds=n) for n in (0, 1, 999_999, 1_000_000)]
    cursors = [shop.cursor_at(moment) for moment in moments]
    assert cursors == sorted(set(cursors))
