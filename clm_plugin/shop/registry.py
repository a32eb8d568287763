"""Finds the adapter that the host named."""

from __future__ import annotations

from functools import lru_cache

from django.utils.module_loading import import_string

from clm_plugin.conf import settings
from clm_plugin.shop.base import Shop, ShopError


def get_shop() -> Shop:
    """The one Shop of this process. Raises ShopError when ``CLM["SHOP"]`` is wrong."""
    path = settings.SHOP
    if not isinstance(path, str):
        raise ShopError(f'CLM["SHOP"] = {path!r} is not the dotted path of a class')
    return _load(path)


@lru_cache(maxsize=8)
def _load(path: str) -> Shop:
    try:
        found = import_string(path)
    except ImportError as error:
        raise ShopError(f'CLM["SHOP"] = {path!r} cannot be imported: {error}') from error
    if not (isinstance(found, type) and issubclass(found, Shop)):
        raise ShopError(
            f'CLM["SHOP"] = {path!r} is not a class derived from clm_plugin.shop.api.Shop'
        )
    try:
        return found()
    except TypeError as error:
        raise ShopError(f'CLM["SHOP"] = {path!r} is not complete: {error}') from error
