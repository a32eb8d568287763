"""A sender with a key, and a message of its own making."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from clm_plugin.adapters.segment.api import BROWSER, EXTERNAL, SERVER, NewKey, make_key
from clm_plugin.adapters.segment.data import Sender, Surroundings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "https://www.example.com"
ANON = "b6a1f0ce-55d2-4a58-9d1e-6f0c3a2b1d00"
VISITOR = "0123456789abcdef0123456789abcdef"
Post = Callable[..., Any]


def present() -> datetime:
    """The clock of these tests."""
    return NOW


@pytest.fixture(autouse=True)
def _sender_settings(settings: Any) -> None:
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop",
        "CLOCK": "tests.adapters.segment.conftest.present",
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def key(db: None) -> NewKey:
    """A server key for ids of another system."""
    return make_key(name="Storefront", source="storefront", kind=SERVER, now=NOW)


@pytest.fixture
def shop_key(db: None) -> NewKey:
    """A server key for this shop's own customer ids."""
    return make_key(name="App", source="app", kind=SERVER, ids_are="customer", now=NOW)


@pytest.fixture
def public_key(db: None) -> NewKey:
    return make_key(name="Page", source="storefront", kind=BROWSER, origins=[PAGE], now=NOW)


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"{secret}:".encode()).decode()


@pytest.fixture
def post() -> Post:
    """``post("track", {...}, secret)``: bytes go as they are."""

    def send(
        path: str, body: Any, secret: str = "", *, packed: bool = False, **headers: str
    ) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"User-Agent": "analytics-python/2.4.0"}
        if secret:
            sent["Authorization"] = basic(secret)
        if packed:
            data = gzip.compress(data)
            sent["Content-Encoding"] = "gzip"
        return Client().post(
            f"/clm/v1/{path}",
            data=data,
            content_type=headers.pop("content_type", "application/json"),
            headers=sent | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    return send


def track(event: str, /, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u1", "event": event, "properties": properties}


def sender(**changes: Any) -> Sender:
    told: dict[str, Any] = {
        "key_id": 1, "source": "storefront", "trusted": True, "ids_are": EXTERNAL
    } | changes  # fmt: skip
    return Sender(**told)


def around(**changes: Any) -> Surroundings:
    told: dict[str, Any] = {"received_at": NOW} | changes
    return Surroundings(**told)
