"""The export of one person: complete, readable, streamed, and safe to open."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin import pipeline
from clm_plugin.models import Profile, TraitValue
from clm_plugin.privacy.api import about_people, export
from tests.factories import NOW, new, store, viewed
from tests.privacy.people import EMAIL, NAME, ORDER, PAGE, PHONE, SEARCH, make_canary

pytestmark = pytest.mark.django_db


def zip_of(profile_id: int) -> zipfile.ZipFile:
    pieces = export(profile_id, now=NOW)
    assert pieces is not None
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_everything_that_is_known_is_in_it_as_json_and_csv() -> None:
    canary = make_canary()
    archive = zip_of(canary.profile_id)
    assert archive.testzip() is None
    told = archive.read("data.json").decode()
    for text in (
        EMAIL,
        NAME,
        ORDER,
        PAGE,
        SEARCH,
        PHONE,
        "canary says",
        "canary-text",
        "canary tin",
    ):
        assert text in told, text
    tables = json.loads(told)["data"]
    assert {f"csv/{name}.csv" for name in tables} | {"README.txt", "data.json"} == set(
        archive.namelist()
    )
    for name, rows in tables.items():
        lines = list(csv.reader(io.StringIO(archive.read(f"csv/{name}.csv").decode())))
        assert len(lines) == len(rows) + 1 > 1, name
        assert len(lines[0]) == len(rows[0]), name


def test_every_table_with_rows_of_hers_is_in_it() -> None:
    canary = make_canary()
    person = export(canary.profile_id, now=NOW)
    assert person is not None
    names = {
        name.removeprefix("csv/").removesuffix(".csv")
        for name in zip_of(canary.profile_id).namelist()
    }
    from clm_plugin.profiles.api import person_of

    known = person_of(canary.profile_id)
    assert known is not None
    expected = {table.name for table in about_people() if table.rows(known).exists()}
    assert expected <= names
    assert len(expected) > 20


def test_nobody_elses_rows_are_in_it() -> None:
    canary = make_canary()
    archive = zip_of(canary.profile_id)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "zed" not in everything.lower()
    assert "customer:8" not in everything


def test_the_read_me_says_what_each_file_is() -> None:
    archive = zip_of(make_canary().profile_id)
    text = archive.read("README.txt").decode()
    for name in archive.namelist():
        assert name == "README.txt" or name in text, name


def test_a_spreadsheet_runs_nothing() -> None:
    store(new("customer.registered", "customer:1", NOW, email="a@example.com", first_name="x"))
    pipeline.drain(now=NOW)
    profile = Profile.objects.get()
    for number, text in enumerate(("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")):
        TraitValue.objects.create(profile=profile, key=f"t{number}", text=text, told_at=NOW)
    rows = zip_of(profile.pk).read("csv/trait_value.csv").decode()
    cells = [cell for line in csv.reader(io.StringIO(rows, newline="")) for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'=1+1" in cells


def test_nobody_is_nothing() -> None:
    assert export(404404, now=NOW) is None


def test_it_is_streamed(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    """Three thousand events come in pieces; the queries do not grow with them."""
    store(*(viewed("visitor:a", uuid4().hex) for _ in range(3_000)))
    pipeline.drain(now=NOW)
    pid = Profile.objects.get().pk
    with django_assert_max_num_queries(20 + 3 * len(about_people())):
        pieces: Any = export(pid, now=NOW)
        assert pieces is not None
        sizes = [len(piece) for piece in pieces]
    assert len(sizes) > 3
    assert max(sizes) < 64 * 1024 < sum(sizes) / 3
