"""A second folder starts from a copy of the first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from demo_shop.services import template

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(template, "CACHE", tmp_path / "cache")
    var = tmp_path / "first"
    (var / "media").mkdir(parents=True)
    (var / "media" / "mug.png").write_bytes(b"mug")
    (var / "clock").write_text("3600")
    with closing(sqlite3.connect(var / "shop.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE product (name)")
        database.execute("INSERT INTO product VALUES ('Mug')")
        database.commit()
    return var


def _products(var: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(var / "shop.sqlite3")) as database:
        return database.execute("SELECT name FROM product").fetchall()


def test_a_copy_has_shop_and_pictures_but_not_the_moved_clock(
    prepared: Path, tmp_path: Path
) -> None:
    template.keep(prepared)
    second = tmp_path / "second"
    second.mkdir()
    assert template.restore(second)
    assert _products(second) == [("Mug",)]
    assert (second / "media" / "mug.png").exists()
    assert not (second / "clock").exists()


def test_a_shop_that_is_there_is_left_alone(prepared: Path) -> None:
    template.keep(prepared)
    assert not template.restore(prepared)


def test_other_code_makes_its_own(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template.keep(prepared)
    monkeypatch.setattr(template, "code_version", lambda: "other")
    assert not template.restore(tmp_path / "second")
