"""The nasty corpus: whatever comes in, the public endpoints never answer 5xx."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest

from clm_plugin.events.api import TYPES
from tests.widgets.plans import bundle_plan, make_live, popup_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.rest.conftest import Send

CASES = 500
SEED = 20261122
ENDPOINTS = ("/clm/e", "/clm/d", "/clm/consent")

# JSON texts, put in as they are: Python's own encoder would not write some of them.
UNREADABLE = [
    "NaN",
    "Infinity",
    "-Infinity",
    str(2**70),
    str(-(2**70)),
    "9" * 5_000,
    "[" * 5_000 + "]" * 5_000,
    '{"a":' * 5_000 + "1" + "}" * 5_000,
]
READABLE = [
    "1e400",
    "-1e400",
    "1e30",
    "-0",
    "1e-400",
    str(2**63),
    "1" + "0" * 19,
    "0.1",
    "1",
    "-1",
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\uffff"',
    '"\\u202e"',
    '""',
    '" "',
    '"' + "x" * 5_000 + '"',
    '"' + "\N{PARTY POPPER}" * 1_024 + '"',
    '"null"',
    '"\'; DROP TABLE clm_plugin_event; --"',
    '"{{7*7}}"',
    '"<script>alert(1)</script>"',
    '"9999-12-31T23:59:59-14:00"',
    '"0001-01-01T00:00:00+14:00"',
    '"../../etc/passwd"',
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[[]]",
    "[" + "1," * 600 + "1]",
    '{"__proto__": 1}',
    "[null]",
    '{"\\u0000": 1}',
    '{"\\ud800": 1}',
    '"00000000-0000-0000-0000-000000000000"',
]
FIELDS = sorted({name for cls in TYPES.values() for name in get_type_hints(cls)})
TOP = ["events", "slots", "signal", "granted", "text_version", "path"]
RAW = [
    b"",
    b" ",
    b"\x00",
    b"\xff\xfe\x00",
    b"{",
    b"}",
    b'{"events":',
    b"\xed\xa0\x80",
    b'\xef\xbb\xbf{"events": []}',
    b'{"events": [1, 2, {}, null, "x", [], true]}',
    '{"events": []}'.encode("utf-16"),
    b"[" * 60_000,
    b'"' + b"\\" * 60_001,
    b"0" * 65_537,
]


def _value(rng: random.Random) -> str:
    """Some make the whole body unreadable; the others have to be looked at one by one."""
    return rng.choice(UNREADABLE if rng.random() < 0.02 else READABLE)


def _object(rng: random.Random, names: list[str]) -> str:
    chosen = rng.sample(names, k=rng.randint(1, min(4, len(names))))
    pairs = [f"{json.dumps(name)}: {_value(rng)}" for name in chosen]
    return "{" + ", ".join(pairs) + "}"


def _event(rng: random.Random) -> str:
    type_ = rng.choice([json.dumps(rng.choice(sorted(TYPES))), _value(rng)])
    data = rng.choice([_object(rng, FIELDS), _value(rng)])
    return f'{{"id": {_value(rng)}, "type": {type_}, "age": {_value(rng)}, "data": {data}}}'


def _good_but_one(rng: random.Random) -> str:
    """A right event of a right type with one wrong value: it gets furthest."""
    cls = rng.choice([cls for cls in TYPES.values() if cls.public])
    names = [name for name in get_type_hints(cls) if name not in ("type", "version", "public")]
    pairs = [f'"{name}": "1"' for name in names]
    at = rng.randrange(len(pairs))
    pairs[at] = f'"{names[at]}": {_value(rng)}'
    return f'{{"type": "{cls.type}", "age": 1, "data": {{{", ".join(pairs)}}}}}'


def _corpus(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    for raw in RAW:
        for path in ENDPOINTS:
            yield path, raw
    for value in [*UNREADABLE, *READABLE]:
        yield rng.choice(ENDPOINTS), value.encode("utf-8", "surrogatepass")
    makers: list[Any] = [
        lambda: ("/clm/e", f'{{"events": [{_event(rng)}]}}'),
        lambda: ("/clm/e", f'{{"events": [{_good_but_one(rng)}, {_event(rng)}]}}'),
        lambda: ("/clm/e", _object(rng, TOP)),
        lambda: ("/clm/d", f'{{"slots": [{_object(rng, ["name", "product", "path"])}]}}'),
        lambda: (
            "/clm/d",
            f'{{"slots": [{{"name": "product-bundle", "product": {_value(rng)}}}, '
            f'{{"name": "overlay"}}], "signal": {rng.choice([_value(rng), chr(34) * 2])}}}',
        ),
        lambda: ("/clm/consent", _object(rng, TOP)),
        lambda: (
            "/clm/consent",
            f'{{"granted": true, "text_version": {_value(rng)}}}',
        ),
    ]
    while True:
        path, text = rng.choice(makers)()
        yield path, text.encode("utf-8", "surrogatepass")


@pytest.mark.django_db
def test_never_5xx(send: Send) -> None:
    print(f"seed {SEED}")
    make_live(bundle_plan(), popup_plan())
    corpus = _corpus(random.Random(SEED))
    statuses: dict[int, int] = {}
    for _ in range(CASES):
        path, body = next(corpus)
        response = send(path, body)
        assert response.status_code < 500, (path, body[:300])
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
    # The corpus is no good if nothing of it gets through the outer checks.
    assert statuses[200] > CASES * 0.2, statuses
    assert statuses[400] > CASES * 0.1, statuses
