"""The endpoints over HTTP: who may post, what is answered, which limits hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import resolve

from clm_plugin.adapters.segment.api import revoke_key
from clm_plugin.models import Event, EventKey, WriteKey
from tests.adapters.segment.conftest import ANON, NOW, PAGE, basic, track

if TYPE_CHECKING:
    from collections.abc import Callable

    from clm_plugin.adapters.segment.api import NewKey
    from tests.adapters.segment.conftest import Post

pytestmark = pytest.mark.django_db
VIEWED = track("Product Viewed", product_id="7")


def batch(*messages: Any) -> dict[str, Any]:
    return {"batch": list(messages), "sentAt": "2026-11-22T12:00:00Z"}


class TestWhoMayPost:
    def test_basic_authentication(self, post: Post, key: NewKey) -> None:
        answer = post("track", VIEWED, key.secret)
        assert (answer.status_code, answer.json()) == (200, {"success": True, "stored": 1})
        assert answer["Cache-Control"] == "no-store"
        assert answer.cookies == {}
        event = Event.objects.get()
        assert (event.type, event.actor, event.source) == (
            "product.viewed", "ext:storefront:u1", "storefront"
        )  # fmt: skip
        assert event.raw == VIEWED

    def test_a_key_in_the_body(self, post: Post, key: NewKey) -> None:
        assert post("t", {**VIEWED, "writeKey": key.secret}).status_code == 200
        assert key.secret not in str(Event.objects.values_list("raw", "payload"))

    @pytest.mark.parametrize("path", ["identify", "track", "page", "screen", "alias", "group"])
    def test_each_type_has_its_path_and_a_short_one(
        self, path: str, post: Post, key: NewKey
    ) -> None:
        message = {
            "userId": "u1", "event": "x", "name": "x", "groupId": "g", "previousId": "p",
            "properties": {"path": "/"},
        }  # fmt: skip
        assert post(path, message, key.secret).json()["stored"] == 1
        assert post(path[0], message, key.secret).json()["stored"] == 1

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Basic",
            "Basic !!!",
            "Basic " + "A" * 600,
            "Bearer abc",
            basic("clm_s_wrong"),
            basic("Ω"),
            "Basic 4pyT/w==",
            basic("clm_s_" + "x" * 90),
        ],
    )
    def test_no_key_no_events(self, header: str, db: None) -> None:
        answer = Client().post(
            "/clm/v1/track",
            data=json.dumps(VIEWED),
            content_type="application/json",
            headers={"Authorization": header},
        )
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert answer.json()["message"]
        assert Event.objects.count() == 0

    def test_a_revoked_key_ends_at_once(self, post: Post, key: NewKey) -> None:
        assert post("track", VIEWED, key.secret).status_code == 200
        assert revoke_key(key.key, now=NOW)
        assert not revoke_key(key.key, now=NOW)
        assert post("track", VIEWED, key.secret).status_code == 401

    def test_the_secret_is_not_in_the_database(self, key: NewKey) -> None:
        assert key.secret not in str(list(WriteKey.objects.values()))

    def test_a_server_key_in_a_page_is_refused(self, post: Post, key: NewKey) -> None:
        answer = post("track", VIEWED, key.secret, Origin=PAGE)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer

    def test_only_post(self, key: NewKey) -> None:
        answer = Client().get("/clm/v1/track")
        assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


class TestPages:
    def test_the_pages_of_the_key(self, post: Post, public_key: NewKey) -> None:
        body = {**VIEWED, "anonymousId": ANON, "writeKey": public_key.secret}
        chrome = {"User_Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/147.0.0.0"}
        answer = post("t", body, Origin=PAGE, content_type="text/plain", **chrome)
        assert (answer.status_code, answer.json()["stored"]) == (200, 1)
        assert answer["Access-Control-Allow-Origin"] == PAGE
        assert "Origin" in answer["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer
        assert Event.objects.get().actor == f"ext:storefront:anon-{ANON}"

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", PAGE + ":8443", PAGE + "/"])
    def test_other_pages_are_refused(self, origin: str, post: Post, public_key: NewKey) -> None:
        body = {**VIEWED, "anonymousId": ANON, "writeKey": public_key.secret}
        answer = post("t", body, Origin=origin)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer
        assert Event.objects.count() == 0

    def test_a_bad_key_does_not_ask_the_shopper(self, post: Post) -> None:
        answer = post("t", {**VIEWED, "writeKey": "clm_b_x"}, Origin=PAGE)
        assert answer.status_code == 401
        assert "WWW-Authenticate" not in answer

    def test_preflight(self, public_key: NewKey) -> None:
        def ask(origin: str) -> Any:
            return Client().options("/clm/v1/t", headers={"Origin": origin})

        assert ask(PAGE)["Access-Control-Allow-Origin"] == PAGE
        assert "Content-Type" in ask(PAGE)["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Origin" not in ask("https://evil.example")
        revoke_key(public_key.key, now=NOW)
        assert "Access-Control-Allow-Origin" not in ask(PAGE)

    def test_a_crawler_is_nobody(self, post: Post, public_key: NewKey) -> None:
        body = {**VIEWED, "anonymousId": ANON, "writeKey": public_key.secret}
        for agent in ("Googlebot/2.1", ""):
            assert post("t", body, User_Agent=agent).json() == {"success": True, "stored": 0}
        assert Event.objects.count() == 0

    def test_global_privacy_control(self, post: Post, public_key: NewKey) -> None:
        body = {**VIEWED, "anonymousId": ANON, "writeKey": public_key.secret}
        chrome = {"User_Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/147.0.0.0"}
        assert post("t", body, Sec_GPC="1", **chrome).json()["stored"] == 0
        assert post("t", body, **chrome).json()["stored"] == 1


class TestBatches:
    def test_one_bad_of_a_hundred(self, post: Post, key: NewKey) -> None:
        messages = [{**VIEWED, "messageId": f"m{i}"} for i in range(99)]
        messages.insert(40, {**track("Order Completed", order_id="1", total="1,00")})
        answer = post("batch", batch(*messages), key.secret)
        assert answer.status_code == 200
        assert answer.json() == {
            "success": True,
            "stored": 99,
            "refused": [
                {
                    "index": 40,
                    "field": "properties.total",
                    "why": "must be an amount such as 12.50",
                }
            ],
        }
        assert Event.objects.count() == 99
        told = WriteKey.objects.get()
        assert told.refused_why == "properties.total: must be an amount such as 12.50"

    def test_nothing_good_is_400(self, post: Post, key: NewKey) -> None:
        answer = post("batch", batch({"type": "track"}, 7), key.secret)
        assert answer.status_code == 400
        body = answer.json()
        assert (body["success"], body["code"]) == (False, "invalid")
        assert [(each["index"], each["field"]) for each in body["refused"]] == [
            (0, "userId"), (1, "message")
        ]  # fmt: skip
        assert post("track", {"event": "x"}, key.secret).json()["refused"][0]["field"] == "userId"

    def test_the_batchs_context_is_every_messages(self, post: Post, key: NewKey) -> None:
        context = {"campaign": {"source": "news", "medium": "mail"}}
        page = {"type": "page", "userId": "u1", "properties": {"path": "/"}}
        own = {**page, "context": {"campaign": {"source": "own"}}}
        post("batch", {**batch(page, own), "context": context}, key.secret)
        sources = Event.objects.order_by("id").values_list("payload__source", flat=True)
        assert list(sources) == ["news", "own"]

    def test_a_message_id_counts_once_per_key(
        self, post: Post, key: NewKey, shop_key: NewKey
    ) -> None:
        message = {**VIEWED, "messageId": "m1"}
        assert post("batch", batch(message, message), key.secret).json()["stored"] == 1
        assert post("track", message, key.secret).json() == {"success": True, "stored": 0}
        assert post("track", message, shop_key.secret).json()["stored"] == 1
        assert not EventKey.objects.filter(keep_until=None).exists()

    def test_an_empty_batch_is_fine(self, post: Post, key: NewKey) -> None:
        assert post("batch", batch(), key.secret).json() == {"success": True, "stored": 0}

    def test_a_hundred_cost_as_many_queries_as_one(
        self, post: Post, key: NewKey, django_assert_max_num_queries: Any
    ) -> None:
        def messages(count: int, run: str) -> list[dict[str, Any]]:
            return [
                {**track("Product Added", product_id=str(i % 9), cart_id=f"c{i % 5}", price=1),
                 "messageId": f"{run}{i}"}
                if i % 2
                else {**VIEWED, "messageId": f"{run}{i}"}
                for i in range(count)
            ]  # fmt: skip

        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as few:
            post("batch", batch(*messages(2, "a")), key.secret)
        with django_assert_max_num_queries(len(few) + 1):
            post("batch", batch(*messages(100, "b")), key.secret)
        assert len(few) <= 20


class TestDatabaseDown:
    @pytest.mark.parametrize("table", ["writekey", "event"])
    def test_is_503_and_never_2xx(
        self, table: str, post: Post, key: NewKey, break_table: Callable[[str], None]
    ) -> None:
        break_table(f"clm_plugin_{table}")
        answer = post("track", VIEWED, key.secret)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "10"


@pytest.fixture
def break_table(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Every statement on a table fails as it does when the server is gone."""
    from django.db import connection

    def install(table: str) -> None:
        def fail(execute: Any, sql: str, *rest: Any) -> Any:
            if f'"{table}"' in sql or f" {table} " in sql:
                raise OperationalError("server closed the connection unexpectedly")
            return execute(sql, *rest)

        wrapper = connection.execute_wrapper(fail)
        wrapper.__enter__()
        request.addfinalizer(lambda: wrapper.__exit__(None, None, None))

    return install


def test_use_is_noted_to_the_minute(post: Post, key: NewKey) -> None:
    post("track", VIEWED, key.secret)
    assert WriteKey.objects.get().last_used_at == NOW


def test_the_paths_are_the_clients() -> None:
    for name in ("batch", "b", "t", "i", "p", "g", "a", "s"):
        assert resolve(f"/clm/v1/{name}")
