"""What may come in: the nasty corpus, times, and the exact limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.events.api import MAX_BODY, TYPES, BadEvent, check, clamp, parse_json
from tests.factories import NOW


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b"[" * 5_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b" " * (MAX_BODY + 1),
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_broken_json_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(BadEvent) as caught:
        parse_json(raw)
    assert caught.value.field == "body"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "product_id"),
        ({"product_id": None}, "product_id"),
        ({"product_id": True}, "product_id"),
        ({"product_id": "a\x00b"}, "product_id"),
        ({"product_id": "\ud800"}, "product_id"),
        ({"product_id": 2**70}, "product_id"),
        ({"product_id": "x" * 1025}, "product_id"),
        ({"product_id": "1", "category_ids": "7"}, "category_ids"),
        ({"product_id": "1", "category_ids": [["7"]]}, "category_ids[0]"),
        ({"product_id": "1", "category_ids": ["7"] * 501}, "category_ids"),
    ],
)
def test_a_bad_field_is_named(data: dict, field: str) -> None:
    with pytest.raises(BadEvent) as caught:
        check("product.viewed", data, public=True)
    assert caught.value.field == field


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e400, 1.5, "1", True, 2**60])
def test_a_number_that_is_none_is_refused(number: object) -> None:
    with pytest.raises(BadEvent):
        check("page.read", {"path": "/", "seconds": number}, public=True)


def test_a_public_body_can_name_nobody() -> None:
    data = {"product_id": "1", "email": "a@b.c", "user_id": 1, "is_staff": True, "actor": "x"}
    assert check("product.viewed", data, public=True) == {"product_id": "1"}


def test_only_public_types_come_from_a_browser() -> None:
    private = [name for name, cls in TYPES.items() if not cls.public]
    assert "order.placed" in private
    for name in private:
        with pytest.raises(BadEvent):
            check(name, {}, public=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_value_is_checked_or_refused(value: object) -> None:
    for name in ("page.viewed", "product.viewed", "page.read"):
        for data in (value, {"path": value, "product_id": value, "seconds": value}):
            try:
                check(name, data, public=True)
            except BadEvent as error:
                assert error.field  # noqa: PT017  (refusing is one of two right answers)


@pytest.mark.parametrize(
    ("given_at", "memory", "kept"),
    [
        (NOW - timedelta(hours=1), timedelta(hours=24), NOW - timedelta(hours=1)),
        (NOW + timedelta(days=3650), timedelta(hours=24), NOW),
        (NOW - timedelta(days=3650), timedelta(hours=24), NOW - timedelta(hours=24)),
        (NOW - timedelta(days=3650), None, NOW - timedelta(days=3650)),
        (datetime(1990, 1, 1, tzinfo=UTC), None, datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_clamped(given_at: datetime, memory: timedelta | None, kept: datetime) -> None:
    assert clamp(given_at, received_at=NOW, memory=memory) == kept


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_the_ends_of_the_calendar_do_not_raise(text: str) -> None:
    kept = clamp(datetime.fromisoformat(text), received_at=NOW, memory=None)
    assert datetime(2000, 1, 1, tzinfo=UTC) <= kept <= NOW
