"""A browser of this shop, as far as its headers go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Safari/537.36"
)
Send = Callable[..., Any]


@pytest.fixture(autouse=True)
def gift_shop(settings: Any) -> Iterator[None]:
    from clm_plugin.recommendations.api import forget

    settings.CLM = {**settings.CLM, "SHOP": "tests.widgets.gift_shop.GiftShop"}
    forget()
    yield
    forget()


@pytest.fixture
def shopper() -> Client:
    """A client that sends what a browser sends from a page of this shop."""
    return Client(
        raise_request_exception=True,
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT},
    )


@pytest.fixture
def send(shopper: Client) -> Send:
    """``send("/clm/e", {...})``: the JSON by POST; bytes go as they are."""

    def post(path: str, body: Any, *, content_type: str = "text/plain", **more: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return shopper.post(path, data=data, content_type=content_type, **more)

    return post


def page_event(**changes: Any) -> dict[str, Any]:
    return {"id": "a1", "type": "page.viewed", "age": 0, "data": {"path": "/"}} | changes
