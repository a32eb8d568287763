"""The vendor's own clients post to a running shop, with ``<shop>/clm`` as their host."""

from __future__ import annotations

import json
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from segment.analytics import request
from segment.analytics.client import Client

from clm_plugin.adapters.segment.api import make_key
from clm_plugin.models import Event, Facts, Identifier, OrderFact
from clm_plugin.pipeline import drain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)
VISITOR = "0123456789abcdef0123456789abcdef"
TELL = Path(__file__).with_name("tell.mjs")


@pytest.fixture(autouse=True, scope="module")
def _hung_up() -> Iterator[None]:
    """The Python client keeps its connection for good: it ends while the server still has its
    database, not when the interpreter ends."""
    yield
    request._session.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture(autouse=True)
def _real_time(settings: Any) -> None:
    settings.CLM = {**settings.CLM, "CLOCK": "django.utils.timezone.now"}


def drained() -> None:
    drain(now=datetime.now(UTC))


def person(actor: str) -> int:
    return Identifier.objects.get(actor=actor).profile_id


@pytest.mark.parametrize("packed", [False, True])
def test_python(live_server: LiveServer, packed: bool) -> None:
    secret = make_key(name="Storefront", source="store", now=datetime.now(UTC)).secret
    failures: list[Any] = []
    client = Client(
        secret,
        host=f"{live_server.url}/clm",
        gzip=packed,
        max_retries=0,
        on_error=lambda error, batch: failures.append(error),
    )
    lines = [{"product_id": "1", "price": 4.5, "quantity": 2}]
    client.page(anonymous_id=VISITOR, name="Tea", properties={"url": "https://shop.example/tea"})
    client.track(anonymous_id=VISITOR, event="Product Viewed", properties=lines[0])
    client.identify("17", {"email": "ann@example.com", "plan": "gold"}, anonymous_id=VISITOR)
    client.track("17", "Cart Viewed", {"cart_id": "c1", "products": lines, "currency": "GBP"})
    order = {"order_id": "o-1", "cart_id": "c1", "total": 9, "currency": "GBP", "products": lines}
    client.track("17", "Order Completed", order)
    client.alias("visitor-of-old", "17")
    client.group("17", "acme", {"seats": 3})
    client.screen("17", name="Basket")
    client.flush()
    client.join()
    assert failures == []
    assert sorted(Event.objects.values_list("type", flat=True)) == [
        "basket.changed", "group.identified", "order.placed", "page.viewed", "product.viewed",
        "profile.identified", "profile.identified", "screen.viewed",
    ]  # fmt: skip
    drained()
    ann = person("ext:store:17")
    assert person(f"visitor:{VISITOR}") == ann
    assert person("ext:store:anon-visitor-of-old") == ann
    facts = Facts.objects.get(profile=ann)
    assert (facts.orders, facts.spend_minor, facts.product_views) == (1, 900, 1)
    assert (facts.basket_id, facts.basket_items) == ("store:c1", 0)
    assert OrderFact.objects.get().order_id == "store:o-1"


def test_node(live_server: LiveServer) -> None:
    key = make_key(name="App", source="app", ids_are="customer", now=datetime.now(UTC))
    # Its ``host`` is an origin; a prefix goes into ``path``.
    done = subprocess.run(
        ["node", str(TELL), live_server.url, "/clm/v1/batch", key.secret, VISITOR],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(done.stdout)
    assert said["failures"] == []
    assert set(said["answers"]) == {200}
    drained()
    ann = person("customer:17")
    assert person(f"visitor:{VISITOR}") == ann
    facts = Facts.objects.get(profile=ann)
    assert (facts.orders, facts.spend_minor, facts.product_views) == (1, 900, 1)
    assert OrderFact.objects.get().order_id == "o-1"
    raw = Event.objects.get(type="order.placed").raw
    assert raw is not None
    assert raw["context"]["library"]["name"] == "@segment/analytics-node"


def test_a_client_tries_again_and_nothing_counts_twice(live_server: LiveServer) -> None:
    """The same batch twice, as after an answer that was lost on the way."""
    secret = make_key(name="Storefront", source="store", now=datetime.now(UTC)).secret
    client = Client(secret, host=f"{live_server.url}/clm", sync_mode=True, max_retries=0)
    for _ in range(2):
        client.track("17", "Product Viewed", {"product_id": "1"}, message_id="m-1")
    assert Event.objects.count() == 1


def test_an_order_of_the_shop_and_of_a_client_counts_once(live_server: LiveServer) -> None:
    from clm_plugin.adapters.history import order_placed
    from clm_plugin.events.api import record
    from clm_plugin.money import Money
    from clm_plugin.shop.api import Line, Order

    key = make_key(name="App", source="app", ids_are="customer", now=datetime.now(UTC))
    line = Line(product_id="1", quantity=2, total=Money(900, "GBP"), cost=Money(400, "GBP"))
    placed = Order(
        id="100001",
        customer_id="17",
        email="ann@example.com",
        lines=(line,),
        total=Money(900, "GBP"),
        placed_at=datetime.now(UTC),
    )
    record(order_placed(placed))
    client = Client(key.secret, host=f"{live_server.url}/clm", sync_mode=True, max_retries=0)
    order = {"order_id": "100001", "total": 9, "currency": "GBP"}
    client.track("17", "Order Completed", order)
    drained()
    facts = Facts.objects.get(profile=person("customer:17"))
    assert (facts.orders, facts.spend_minor, facts.margin_minor) == (1, 900, 500)
