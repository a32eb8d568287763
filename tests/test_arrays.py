"""A list in a query finds what ``IN`` finds, as one parameter where the database can."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin.arrays import any_of, literal
from clm_plugin.models import Facts, Identifier, Profile
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_numbers_texts_and_relations() -> None:
    people = Profile.objects.bulk_create(
        Profile(created_at=NOW, email=f"{n}@example.com") for n in range(5)
    )
    ids = [person.pk for person in people]
    Facts.objects.bulk_create(Facts(profile_id=pid) for pid in ids)
    Identifier.objects.bulk_create(
        Identifier(actor=f"visitor:{n}", profile_id=pid, created_at=NOW)
        for n, pid in enumerate(ids)
    )

    def found(rows: object) -> set[int]:
        return set(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]  # a queryset

    assert found(Profile.objects.filter(any_of("id", ids[1:3]))) == set(ids[1:3])
    assert found(Facts.objects.filter(any_of("profile", {ids[0], 10**12}))) == {ids[0]}
    assert found(Facts.objects.filter(any_of("profile__email", ["3@example.com"]))) == {ids[3]}
    mixed = Identifier.objects.filter(any_of("actor", ["visitor:2", "x'y", "{,}"]), profile=ids[2])
    assert list(mixed.values_list("actor", flat=True)) == ["visitor:2"]
    assert found(Profile.objects.filter(any_of("id", []))) == set()
    assert found(Profile.objects.exclude(any_of("id", ids[1:]))) == {ids[0]}


def test_one_parameter_for_any_number() -> None:
    with CaptureQueriesContext(connection) as captured:
        list(Profile.objects.filter(any_of("id", range(2, 900))))
    many = captured.captured_queries[0]["sql"].count(", 777,")
    assert captured.captured_queries[0]["sql"].count("ANY") == (connection.vendor == "postgresql")
    assert many == (connection.vendor != "postgresql")


FIRST = datetime(1, 1, 2, tzinfo=UTC)
NASTY = ["", " ", "NULL", "null", "{}", "a,b", 'say "hi"', "back\\slash", "\\", '\\"', "'", "%s",
         "línea\nnueva\ttab", "\U0001f408", "{\"a\": 1}"]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", NASTY),
        ("varchar", [*NASTY, None]),
        ("bigint", [0, -1, 2**62, None]),
        ("boolean", [True, False, None]),
        ("timestamp with time zone", [NOW, NOW.replace(microsecond=1), None]),
        ("timestamp with time zone", [FIRST, datetime.max.replace(tzinfo=UTC)]),
        ("uuid", [uuid4(), None]),
        ("integer", []),
    ],
)  # fmt: skip
def test_literals_come_back_as_they_went(kind: str, values: list[object]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs TEST_DATABASE=postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM unnest(%s::{kind}[])", [literal(values, kind)])
        assert [value for (value,) in cursor.fetchall()] == values


def test_what_is_not_known_is_left_to_the_driver() -> None:
    assert literal([1.5], "double precision") is None
