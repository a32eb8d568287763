"""2xx means stored: with the broker down everything is, with the database down nothing is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from psycopg import conninfo

from clm_plugin import clock, jobs
from clm_plugin.adapters import guard, later
from clm_plugin.events.api import NewEvent
from clm_plugin.models import Event, Facts, QueuedEvent
from demo_shop.services.valkey import ValkeyServer
from tests.rest.conftest import USER_AGENT
from tests.services.workers import StartWorker, eventually

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.django_db(transaction=True)
Beacon = Callable[..., Any]


@pytest.fixture
def valkey_server(tmp_path: Any) -> Iterator[ValkeyServer]:
    """A server of this test's own: it is stopped."""
    with ValkeyServer(data=tmp_path / "valkey", log=tmp_path / "valkey.log") as server:
        yield server


@pytest.fixture
def beacon() -> Beacon:
    """Sends what a browser sends; each call with the same id is the same event."""
    browser = Client(headers={"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT})

    def send(id_: str, path: str = "/clm/e") -> Any:
        event = {"id": id_, "type": "page.viewed", "age": 0, "data": {"path": "/"}}
        body = {"events": [event]} if path == "/clm/e" else {"slots": [{"name": "overlay"}]}
        return browser.post(path, data=json.dumps(body), content_type="text/plain")

    return send


def test_the_broker_is_down(
    celery_worker_process: StartWorker, valkey_server: ValkeyServer, beacon: Beacon
) -> None:
    """Nothing waits for it and nothing is lost; the next sweep does what no wake-up asked for."""
    valkey_server.stop()
    slowest = 0.0
    for number in range(20):
        began = time.monotonic()
        answer = beacon(f"e{number}")
        slowest = max(slowest, time.monotonic() - began)
        assert (answer.status_code, answer.json()["stored"]) == (200, 1)
    time.sleep(0.5)  # the wake-ups fail meanwhile
    assert Event.objects.count() == QueuedEvent.objects.count() == 20
    print(f"slowest answer of 20 without a broker: {slowest * 1000:.0f} ms")
    assert slowest < 1
    valkey_server.start()
    celery_worker_process()
    assert jobs.send("clm_plugin.sweep")  # what beat does every minute
    eventually(lambda: not QueuedEvent.objects.exists())
    assert Facts.objects.get().page_views == 20
    assert beacon("back").status_code == 200  # and wake-ups work again
    eventually(lambda: Facts.objects.get().page_views == 21)


@contextmanager
def no_database(server_uri: str) -> Iterator[None]:
    """Sessions on the database are cut and new ones refused, as when its server is down."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(server_uri, autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        try:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            time.sleep(0.1)
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')
            connection.close()


@pytest.mark.usefixtures("postgres_database")
def test_the_database_is_down(beacon: Beacon) -> None:
    """503 and never 2xx, so the browser keeps its events; told again, they count once."""
    given = connection.settings_dict
    server = conninfo.make_conninfo(host=given["HOST"], user=given["USER"], dbname="postgres")
    assert beacon("before").status_code == 200
    with no_database(server):
        for number in range(6):
            if number > 2:  # first the session that was cut, then none to be had
                connection.close()
            for path in ("/clm/e", "/clm/d"):
                answer = beacon(f"e{number}", path)
                assert answer.status_code == 503
                assert answer.headers["Retry-After"]
                assert "no-store" in answer.headers["Cache-Control"]
                assert not answer.cookies
        _the_shop_goes_on()
    assert Event.objects.count() == 1
    for number in (0, 1, 2, 3, 4, 5, 0, 1):
        assert beacon(f"e{number}").status_code == 200
    assert Event.objects.count() == 7


def _the_shop_goes_on() -> None:
    """Nothing of ours on a page asks the database, and no receiver raises or waits."""
    page = "{% load clm %}{% clm_head %}{% clm_slot 'overlay' %}{% clm_slot 'product-bundle' %}"
    request = RequestFactory().get("/")
    assert "clm" in Template(page).render(Context({"request": request}))
    told = NewEvent(
        type="customer.logged_out", actor="customer:1", payload={}, occurred_at=clock.now()
    )
    later._waiting.clear()
    began = time.monotonic()
    guard.safely(lambda **_: [told])(sender=None)
    assert time.monotonic() - began < 1
    later._waiting.clear()
