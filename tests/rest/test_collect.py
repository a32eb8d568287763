"""``POST /clm/e``: what is stored, what is refused, and who it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client

from clm_plugin.events.api import MAX_BODY, MAX_EVENT, MAX_EVENTS
from clm_plugin.models import Event, QueuedEvent
from tests.rest.conftest import USER_AGENT, page_event

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from tests.rest.conftest import Send

pytestmark = pytest.mark.django_db


def test_stores_a_batch_and_hands_out_the_visitor_cookie(send: Send, shopper: Client) -> None:
    seen = page_event(data={"path": "/gift/1/", "source": "mail", "session": True})
    view = {"id": "a2", "type": "product.viewed", "data": {"product_id": "1"}}
    response = send("/clm/e", {"events": [seen, view]})
    assert response.status_code == 200
    assert response.json() == {"stored": 2, "refused": []}
    assert response["Cache-Control"] == "no-store"
    cookie = response.cookies["clm_v"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    first, second = Event.objects.order_by("id")
    assert first.actor == second.actor == f"visitor:{cookie.value}"
    assert first.payload == {"path": "/gift/1/", "source": "mail", "session": True}
    assert (second.object_id, second.source) == ("1", "browser")
    assert QueuedEvent.objects.count() == 2


def test_the_same_visitor_keeps_her_cookie(send: Send) -> None:
    send("/clm/e", {"events": [page_event()]})
    again = send("/clm/e", {"events": [page_event(id="a2")]})
    assert "clm_v" not in again.cookies
    assert Event.objects.values("actor").distinct().count() == 1


def test_a_repeated_event_counts_once_and_only_for_its_sender(send: Send) -> None:
    assert send("/clm/e", {"events": [page_event()]}).json()["stored"] == 1
    assert send("/clm/e", {"events": [page_event()]}).json()["stored"] == 0
    stranger = Client(headers={"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT})
    same_id = stranger.post("/clm/e", {"events": [page_event()]}, content_type="application/json")
    assert same_id.json()["stored"] == 1


def test_one_bad_event_of_a_hundred_leaves_ninety_nine(send: Send) -> None:
    events = [page_event(id=str(n)) for n in range(100)]
    events[41]["data"] = {}
    answer = send("/clm/e", {"events": events}).json()
    assert answer["stored"] == 99
    assert answer["refused"] == [{"index": 41, "field": "path", "why": "is missing"}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "order.placed"}, "type"),
        ({"type": ["page.viewed"]}, "type"),
        ({"type": None}, "type"),
        ({"data": None}, "data"),
        ({"data": {"path": "x" * 1025}}, "path"),
        ({"data": {"path": "\x00"}}, "path"),
        ({"data": {"path": "\ud800"}}, "path"),
        ({"data": {"path": "/", "session": 1}}, "session"),
        ({"age": "10"}, "age"),
        ({"age": True}, "age"),
        ({"id": 7}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"type": "page.read", "data": {"path": "/", "seconds": 1.5}}, "seconds"),
        ({"type": "page.read", "data": {"path": "/", "seconds": 2**70}}, "body"),
        ({"type": "page.read", "data": {"path": "/", "seconds": 2**60}}, "seconds"),
        ({"type": "product.viewed", "data": {"product_id": "x" * 65}}, "product_id"),
        ({"type": "widget.clicked", "data": {"receipt": "no-id"}}, "receipt"),
    ],
)
def test_says_which_field_is_wrong(send: Send, change: dict[str, Any], field: str) -> None:
    answer = send("/clm/e", {"events": [page_event(**change)]}).json()
    refused = answer["refused"][0] if "refused" in answer else answer
    assert refused["field"] == field
    assert Event.objects.count() == 0


def test_no_cookie_where_nothing_was_stored(send: Send) -> None:
    assert "clm_v" not in send("/clm/e", {"events": [page_event(data={})]}).cookies
    assert "clm_v" not in send("/clm/e", {"events": []}).cookies


def test_a_body_can_name_nobody(send: Send) -> None:
    claims = {"email": "boss@shop.example", "user_id": 1, "is_staff": True, "credit_balance": 99}
    event = page_event(**claims, actor="customer:1", links=["customer:1"], source="shop")
    event["data"] |= claims
    response = send("/clm/e", {"events": [event], **claims, "actor": "customer:1"})
    assert response.json()["stored"] == 1
    row = Event.objects.get()
    assert row.payload == {"path": "/"}
    assert row.actor == f"visitor:{response.cookies['clm_v'].value}"
    assert (row.links, row.source) == (None, "browser")


def test_a_logged_in_customer_is_the_actor_and_her_visitor_id_the_link(
    send: Send, shopper: Client, django_user_model: type[User]
) -> None:
    visitor = send("/clm/e", {"events": [page_event()]}).cookies["clm_v"].value
    user = django_user_model.objects.create_user("ann", "ann@shop.example", "secret")
    shopper.force_login(user)
    send("/clm/e", {"events": [page_event(id="a2")]})
    row = Event.objects.order_by("-id")[0]
    assert row.actor == f"customer:{user.pk}"
    assert row.links == [f"visitor:{visitor}"]


def test_staff_posing_as_a_customer_leave_no_trace(
    send: Send, shopper: Client, django_user_model: type[User]
) -> None:
    shopper.force_login(django_user_model.objects.create_user("ann"))
    session = shopper.session
    session["hijack_history"] = ["1"]
    session.save()
    response = send("/clm/e", {"events": [page_event()]})
    assert response.status_code == 204
    assert "clm_v" not in response.cookies
    # The login itself was told by the shop, before anybody posed as her.
    assert not Event.objects.filter(source="browser").exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Sec-GPC": "1"},
    ],
)
def test_machines_and_refusals_leave_nothing(send: Send, headers: dict[str, str]) -> None:
    response = send("/clm/e", {"events": [page_event()]}, headers=headers)
    assert response.status_code == 204
    assert not response.cookies
    assert Event.objects.count() == 0


def test_nothing_before_a_required_consent(send: Send, shopper: Client, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    response = send("/clm/e", {"events": [page_event()]})
    assert (response.status_code, len(response.cookies)) == (204, 0)
    assert Event.objects.count() == 0
    shopper.cookies["clm_c"] = "1"
    assert send("/clm/e", {"events": [page_event()]}).json()["stored"] == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://testserver"}, 403),
        ({"Origin": "https://shop.example"}, 200),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_pages_of_this_shop(headers: dict[str, str], status: int, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://shop.example"]
    client = Client(headers={"User-Agent": USER_AGENT, **headers})
    response = client.post("/clm/e", {"events": [page_event()]}, content_type="application/json")
    assert response.status_code == status
    assert Event.objects.count() == (status == 200)


@pytest.mark.parametrize(("extra", "status"), [(-1, 200), (0, 200), (1, 413)])
def test_body_limit_is_exact(send: Send, extra: int, status: int) -> None:
    body = b'{"events": []}'
    padded = body + b" " * (MAX_BODY + extra - len(body))
    assert send("/clm/e", padded).status_code == status


@pytest.mark.parametrize(("extra", "status"), [(-1, 200), (0, 200), (1, 413)])
def test_event_limit_is_exact(send: Send, extra: int, status: int) -> None:
    events = [page_event(id=str(n)) for n in range(MAX_EVENTS + extra)]
    response = send("/clm/e", {"events": events})
    assert response.status_code == status
    assert Event.objects.count() == (MAX_EVENTS + extra if status == 200 else 0)


@pytest.mark.parametrize(("extra", "stored"), [(-1, 1), (0, 1), (1, 0)])
def test_size_of_one_event_is_exact(send: Send, extra: int, stored: int) -> None:
    empty = '{"path":"","referrer":"%s","source":"%s"}'
    wide = "\N{PARTY POPPER}" * 300  # 12 bytes each as JSON
    rest = MAX_EVENT + extra - len(empty) + 4 - 2 * 12 * 300
    data = {"path": "x" * rest, "referrer": wide, "source": wide}
    answer = send("/clm/e", {"events": [page_event(data=data)]}).json()
    assert (answer["stored"], len(answer["refused"])) == (stored, 1 - stored)


def test_time_is_age_before_receipt_and_clamped(send: Send) -> None:
    ages = [0, 90_000, -5, 10**15, 0.5]
    send("/clm/e", {"events": [page_event(id=str(n), age=age) for n, age in enumerate(ages)]})
    rows = Event.objects.order_by("id")
    found = [row.received_at - row.occurred_at for row in rows]
    assert found[:3] == [timedelta(0), timedelta(seconds=90), timedelta(0)]
    assert found[3] == timedelta(hours=24)


@pytest.mark.parametrize(
    ("content_type", "headers"),
    [
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data", {}),
        ("", {}),
        ("text/plain", {"Content-Encoding": "gzip"}),
    ],
)
def test_other_kinds_of_body_are_refused(
    send: Send, content_type: str, headers: dict[str, str]
) -> None:
    response = send(
        "/clm/e", {"events": [page_event()]}, content_type=content_type, headers=headers
    )
    assert response.status_code == 415
    assert Event.objects.count() == 0


def test_only_post(shopper: Client) -> None:
    assert shopper.get("/clm/e").status_code == 405


@pytest.mark.parametrize("error", [OperationalError, DatabaseError])
def test_a_database_that_is_down_is_503(
    send: Send, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*args: object, **kwargs: object) -> int:
        raise error("gone")

    monkeypatch.setattr("clm_plugin.rest.collect.record_many", fail)
    response = send("/clm/e", {"events": [page_event()]})
    assert response.status_code == 503
    assert "clm_v" not in response.cookies


@pytest.mark.parametrize("count", [1, 20, 100])
def test_statements_do_not_grow_with_the_batch(
    send: Send, django_assert_max_num_queries: Any, count: int
) -> None:
    """SQLite: keys known, three inserts, two savepoints. PostgreSQL: one statement, or a COPY."""
    events = [page_event(id=str(n)) for n in range(count)]
    with django_assert_max_num_queries(9):
        assert send("/clm/e", {"events": events}).json()["stored"] == count
