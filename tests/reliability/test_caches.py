"""Caches hold nothing personal: pages are the same for everybody, and answers are never kept."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from oscar.core.loading import get_model

from clm_plugin import clock, pipeline
from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.models import Event
from tests.demo.conftest import own_var, stocked_shop
from tests.rest.conftest import USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.conftest import StockedShop

__all__ = ["own_var", "stocked_shop"]
pytestmark = pytest.mark.django_db
EDGE, LEAK = "tests.reliability.edge_cache.EdgeCache", "tests.reliability.edge_cache.Leak"
_VARYING = re.compile(
    rb'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|"csrf_?token": *"[^"]*"'
)


@dataclass
class Visitor:
    """A browser, and the words that nobody else may ever be shown."""

    name: str
    client: Client
    canaries: list[str] = field(default_factory=list)

    def beacon(self, *events: tuple[str, dict[str, Any]]) -> Any:
        told = [{"type": type_, "age": 0, "data": data} for type_, data in events]
        answer = self._post("/clm/e", {"events": told})
        if "clm_v" in self.client.cookies:
            self.canaries.append(self.client.cookies["clm_v"].value)
        return answer

    def decide(self, product: Any) -> Any:
        slots = [{"name": "overlay"}, {"name": "product-bundle", "product": str(product.pk)}]
        return self._post("/clm/d", {"slots": slots, "signal": "exit"})

    def _post(self, path: str, body: Any) -> Any:
        return self.client.post(path, data=json.dumps(body), content_type="text/plain")


def browser() -> Client:
    return Client(headers={"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT})


def anonymous(name: str) -> Visitor:
    """A visitor with a cookie of ours and a history."""
    visitor = Visitor(name, browser(), [f"canary-{name}-query"])
    visitor.beacon(
        ("page.viewed", {"path": "/", "session": True}),
        ("search.made", {"query": visitor.canaries[0]}),
        *[("product.viewed", {"product_id": str(n)}) for n in range(4)],
    )
    assert "clm_v" in visitor.client.cookies
    return visitor


def customer(name: str, number: int, product: Any, make_user: Callable[..., Any]) -> Visitor:
    """A logged-in shopper with a name, an address and a basket of her own."""
    email, first = f"{name}-canary@example.com", f"Canary{name}"
    user = make_user(email, first_name=first)
    basket = get_model("basket", "Basket").objects.create(pk=number, owner=user)
    visitor = Visitor(name, browser(), [email, first, str(basket.pk)])
    visitor.client.force_login(user)
    visitor.client.post(f"/basket/add/{product.pk}/", {"quantity": 1})
    visitor.beacon(("page.viewed", {"path": "/"}))
    return visitor


@pytest.fixture
def visitors(stocked_shop: StockedShop, make_user: Callable[..., Any]) -> list[Visitor]:
    for recipe in first_day():
        install(recipe, publish=True)
    found = [
        anonymous("one"),
        anonymous("two"),
        customer("Ada", 731_000_001, stocked_shop.mug, make_user),
        customer("Bea", 732_000_002, stocked_shop.lantern, make_user),
    ]
    pipeline.drain(now=clock.now())
    return found


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    from django.contrib.auth import get_user_model

    def make(email: str, **fields: Any) -> Any:
        return get_user_model().objects.create_user(username=email, email=email, **fields)

    return make


def browse(
    visitors: list[Visitor], shop: StockedShop, requests: int, seed: int
) -> tuple[list[str], Counter[str]]:
    """Mixed requests; returns the canaries shown to somebody else, and how often the cache hit."""
    cache.clear()
    for visitor in visitors:
        visitor.client.handler.load_middleware()  # the settings were changed since the first call
    chance = random.Random(seed)
    products = [shop.mug, shop.lantern, shop.cards]
    pages = ["/", "/basket/", "/catalogue/", *(each.get_absolute_url() for each in products)]
    foreign: list[str] = []
    seen: Counter[str] = Counter()
    for _ in range(requests):
        visitor = chance.choice(visitors)
        kind = chance.choice(["page"] * 6 + ["decide", "beacon"])
        if kind == "page":
            answer = visitor.client.get(chance.choice(pages))
            assert not {"clm_v", "clm_c"} & answer.cookies.keys(), "a page sets no cookie of ours"
            seen[answer.headers.get("X-Cache", "made")] += 1
        else:
            answer = (
                visitor.decide(chance.choice(products))
                if kind == "decide"
                else visitor.beacon(("page.viewed", {"path": "/"}))
            )
            assert_never_kept(answer)
            seen[kind] += 1
        assert answer.status_code == 200
        shown = answer.content.decode() + str(answer.headers) + str(answer.cookies)
        foreign += [
            canary
            for other in visitors
            if other is not visitor
            for canary in set(other.canaries)
            if canary in shown
        ]
    cache.clear()
    return foreign, seen


def assert_never_kept(answer: Any) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "X-Cache" not in answer.headers


@pytest.mark.parametrize(
    ("requests", "seed"), [(100, 1), pytest.param(2_000, 2, marks=pytest.mark.slow)]
)
def test_nobody_is_shown_what_is_another_ones(
    visitors: list[Visitor], stocked_shop: StockedShop, settings: Any, requests: int, seed: int
) -> None:
    settings.MIDDLEWARE = [EDGE, *settings.MIDDLEWARE]
    foreign, seen = browse(visitors, stocked_shop, requests, seed)
    print(f"seed {seed}: {dict(seen)}")
    assert foreign == []
    assert min(seen[name] for name in ("hit", "made", "decide", "beacon")) > 0
    assert Event.objects.filter(type="page.viewed").count() >= seen["beacon"]


def test_a_page_that_leaked_would_be_noticed(
    visitors: list[Visitor], stocked_shop: StockedShop, settings: Any
) -> None:
    settings.MIDDLEWARE = [EDGE, LEAK, *settings.MIDDLEWARE]
    foreign, _ = browse(visitors, stocked_shop, 100, 1)
    assert foreign


def test_a_page_is_the_same_bytes_for_everybody(
    visitors: list[Visitor], stocked_shop: StockedShop
) -> None:
    """Two visitors with a history, one who refused, and a newcomer; all but nonce and token."""
    refused = browser()
    refused.cookies["clm_c"] = "0"
    clients = [visitors[0].client, visitors[1].client, refused, browser()]
    for path in ("/", stocked_shop.mug.get_absolute_url(), stocked_shop.cards.get_absolute_url()):
        made = [client.get(path) for client in clients]
        pages = {_VARYING.sub(b"", answer.content) for answer in made}
        assert len(pages) == 1, path
        assert b"data-clm" in pages.pop()
        assert len({answer.content for answer in made}) == len(clients)  # nonces do differ
        assert not any("clm" in name for answer in made for name in answer.cookies)
