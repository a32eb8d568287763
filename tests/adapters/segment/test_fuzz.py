"""Whatever comes in: never 5xx, and what was taken can be processed."""

from __future__ import annotations

import gzip
import json
import logging
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_plugin.adapters.segment.data import EXTERNAL, SERVER
from clm_plugin.adapters.segment.keys import make_key
from clm_plugin.adapters.segment.messages import TYPES, read_message
from clm_plugin.adapters.segment.vocabulary import EVENTS
from clm_plugin.events.api import BadEvent, check, dead_letters
from clm_plugin.models import Event
from clm_plugin.pipeline import process
from tests.adapters.segment.conftest import ANON, NOW, around, sender
from tests.lengths import examples
from tests.rest.test_nasty import RAW, READABLE, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.adapters.segment.conftest import Post

FEW = 120
CASES = 250
MANY = 5_000
SEED = 20261122
PATHS = [*TYPES, "batch", "b"]
NAMES = [*sorted(EVENTS), "Video Played", "Segment Consent Preference Updated"]
TOP = [
    "type", "userId", "anonymousId", "previousId", "groupId", "event", "name", "category",
    "messageId", "timestamp", "originalTimestamp", "sentAt", "context", "traits", "properties",
    "writeKey",
]  # fmt: skip
INNER = [
    "product_id", "sku", "category", "category_id", "products", "price", "quantity", "currency",
    "total", "revenue", "value", "order_id", "refund_id", "cart_id", "coupon_id", "query", "url",
    "path", "referrer", "title", "rating", "email", "firstName", "address", "country", "list_id",
    "status", "consent", "campaign", "page", "locale", "timezone", "userAgent",
]  # fmt: skip


PLAIN = ['"1"', "1", '"x"', "5.5", "null", "[]", "{}", "true", '"GBP"', '"/tea"', '"2026-11-21"']


def value(chance: random.Random) -> str:
    if chance.random() < 0.93:
        return chance.choice(PLAIN)
    return chance.choice(UNREADABLE if chance.random() < 0.005 else READABLE)


def inner(chance: random.Random) -> str:
    names = chance.sample(INNER, k=chance.randint(1, 8))
    pairs = [f"{json.dumps(n)}: {value(chance)}" for n in names]
    if chance.random() < 0.5:
        pairs += [f'"products": [{inner(chance)}]', '"order_id": "1"', '"total": 5']
    return "{" + ", ".join(pairs) + "}"


def message(chance: random.Random) -> str:
    """A right message with some wrong values: it gets furthest."""
    pairs = {
        "type": json.dumps(chance.choice(TYPES)),
        "userId": '"u1"',
        "anonymousId": json.dumps(ANON),
        "previousId": '"u0"',
        "groupId": '"g"',
        "name": '"n"',
        "event": json.dumps(chance.choice(NAMES)),
        "properties": inner(chance),
        "traits": inner(chance),
        "context": inner(chance),
    }
    for name in chance.sample(TOP, k=chance.randint(0, 3)):
        pairs[name] = value(chance)
    return "{" + ", ".join(f'"{name}": {text}' for name, text in pairs.items()) + "}"


def corpus(chance: random.Random) -> Iterator[tuple[str, bytes]]:
    for raw in RAW:
        yield "batch", raw
        yield "track", raw
    for text in [*UNREADABLE, *READABLE]:
        yield chance.choice(PATHS), text.encode("utf-8", "surrogatepass")
    while True:
        path = chance.choice(PATHS)
        text = message(chance)
        if path in ("batch", "b"):
            more = f"{message(chance)}, {value(chance)}"
            text = f'{{"batch": [{text}, {more}], "sentAt": {value(chance)}}}'
        yield path, text.encode("utf-8", "surrogatepass")


def is_sound(row: Event) -> bool:
    """Whether what was stored is what validation makes of it, once more."""
    try:
        return bool(check(row.type, row.payload) == row.payload)
    except BadEvent:
        return False


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("external", FEW),
        *(
            pytest.param(kind, CASES, marks=pytest.mark.slow)
            for kind in ("external", "customer", "browser")
        ),
        *(
            pytest.param(kind, MANY, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])
            for kind in ("external", "customer", "browser")
        ),
    ],
)
def test_never_5xx_and_nothing_is_poison(
    kind: str, number: int, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    print(f"seed {SEED}")
    key = make_key(
        name="Fuzz",
        source="fuzz",
        kind="browser" if kind == "browser" else SERVER,
        ids_are=EXTERNAL if kind == "browser" else kind,
        now=NOW,
    )
    chance = random.Random(SEED)
    cases = corpus(chance)
    statuses: dict[int, int] = {}
    agent = {"User_Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/147.0.0.0"}
    caplog.set_level(logging.ERROR)
    for _ in range(number):
        path, body = next(cases)
        packed = chance.random() < 0.2
        sent = gzip.compress(body) if packed else body
        encoding = {"Content_Encoding": "gzip"} if packed else {}
        answer = post(path, sent, key.secret, **agent, **encoding)
        assert answer.status_code < 500, (path, body[:500])
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    assert statuses[200] > number * 0.1, statuses
    assert statuses[400] > number * 0.1, statuses
    assert Event.objects.count() > number * 0.1
    wrong = [row for row in Event.objects.iterator() if not is_sound(row)]
    assert wrong == []
    while process(now=NOW):
        pass
    assert dead_letters() == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(INNER + TOP) | st.text(max_size=8), inside, max_size=4)
    ),
    max_leaves=12,
)
MESSAGE = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        **{name: JSON for name in TOP if name not in ("type", "event")},
        "event": st.sampled_from(NAMES) | JSON,
        "userId": st.just("u1") | JSON,
        "properties": st.dictionaries(st.sampled_from(INNER), JSON, max_size=6) | JSON,
    },
)


@given(message=MESSAGE, trusted=st.booleans(), ids=st.sampled_from(["customer", "external"]))
@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_message_is_right_or_refused(message: dict[str, Any], trusted: bool, ids: str) -> None:
    try:
        read = read_message(message, sender(trusted=trusted, ids_are=ids), around())
    except BadEvent:
        return
    for event in read.events:
        assert check(event.type, event.payload) == event.payload
        assert len(event.actor) <= 80
        assert len(event.object_id) <= 64
        assert event.actor.startswith(("ext:", "customer:", "visitor:"))
        if not trusted:
            assert event.actor.startswith("ext:storefront:anon-")
            assert event.links == ()
            assert event.type not in ("order.placed", "profile.identified", "consent.given")
