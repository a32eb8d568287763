"""Limits are exact, bombs do not go off, and too much waits."""

from __future__ import annotations

import gzip
import json
import resource
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.adapters.segment.data import MAX_BATCH, MAX_MESSAGES
from clm_plugin.models import Event
from tests.adapters.segment.conftest import track

if TYPE_CHECKING:
    from clm_plugin.adapters.segment.api import NewKey
    from tests.adapters.segment.conftest import Post

pytestmark = pytest.mark.django_db
VIEWED = track("Product Viewed", product_id="7")


def zeros(megabytes: int, *, level: int) -> bytes:
    """Packed without ever being there: the peak of this process must not be the test's own."""
    packer = zlib.compressobj(level, wbits=31)
    return b"".join(packer.compress(bytes(1024**2)) for _ in range(megabytes)) + packer.flush()


class TestLimits:
    @staticmethod
    def padded(size: int) -> bytes:
        body = json.dumps({"batch": [VIEWED], "a": ""}).encode()
        return body[:-2] + b"x" * (size - len(body)) + b'"}'

    @pytest.mark.parametrize(("over", "status"), [(-1, 200), (0, 200), (1, 413)])
    @pytest.mark.parametrize("packed", [False, True])
    def test_a_body(self, over: int, status: int, packed: bool, post: Post, key: NewKey) -> None:
        body = self.padded(MAX_BATCH + over)
        assert len(body) == MAX_BATCH + over
        assert post("batch", body, key.secret, packed=packed).status_code == status

    @pytest.mark.parametrize(("count", "status"), [(MAX_MESSAGES, 400), (MAX_MESSAGES + 1, 413)])
    def test_messages(self, count: int, status: int, post: Post, key: NewKey) -> None:
        assert post("batch", {"batch": [0] * count}, key.secret).status_code == status

    def test_a_bomb_does_not_go_off(self, post: Post, key: NewKey) -> None:
        bomb = zeros(150, level=1)  # in more than a batch may have
        small = zeros(100, level=9)
        assert len(small) < MAX_BATCH < len(bomb)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for body in (bomb, small, gzip.compress(small)):
            answer = post("batch", body, key.secret, Content_Encoding="gzip")
            assert answer.status_code in (400, 413)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 20 * 1024

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (b"[]", {}, 400),
            (b"{", {}, 400),
            (b'{"batch": {}}', {}, 400),
            (b"\xff", {}, 400),
            (b"{}", {"Content_Encoding": "gzip"}, 400),
            (gzip.compress(b"{}", mtime=0)[:-3], {"Content_Encoding": "gzip"}, 400),
            (gzip.compress(b"{}", mtime=0) * 2, {"Content_Encoding": "gzip"}, 400),
            (b"{}", {"Content_Encoding": "br"}, 415),
            (b"{}", {"content_type": "application/xml"}, 415),
        ],
    )
    def test_what_is_no_batch(
        self, body: bytes, headers: dict[str, str], status: int, post: Post, key: NewKey
    ) -> None:
        answer = post("batch", body, key.secret, **headers)
        assert answer.status_code == status
        assert set(answer.json()) == {"success", "code", "message", "field", "why"}

    def test_too_much_waits_for_the_next_minute(
        self, post: Post, key: NewKey, shop_key: NewKey, settings: Any
    ) -> None:
        settings.CLM = {**settings.CLM, "INGEST_RATE": 3}
        for _ in range(3):
            assert post("track", VIEWED, key.secret).status_code == 200
        answer = post("track", VIEWED, key.secret)
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert Event.objects.count() == 3
        assert post("track", VIEWED, shop_key.secret).status_code == 200

    def test_a_cache_that_is_down_costs_no_event(
        self, post: Post, key: NewKey, settings: Any
    ) -> None:
        settings.CACHES = {"default": {"BACKEND": "tests.adapters.segment.dead_cache.DeadCache"}}
        assert post("track", VIEWED, key.secret).status_code == 200
