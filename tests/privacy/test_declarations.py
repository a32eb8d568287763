"""Every table says what it holds about people, and what it says is true of its columns."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TypeGuard

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from clm_plugin.models import Event, Profile, Receipt
from clm_plugin.personal import NOTHING
from clm_plugin.privacy.api import (
    Undeclared,
    about_people,
    brought,
    data_map_page,
    is_nothing,
    tables,
    words_module,
)
from clm_plugin.privacy.erasing import ANONYMISING
from clm_plugin.profiles.api import Person

ROOT = Path(__file__).resolve().parents[2]
NOBODY = Person(root=0, profile_ids=(0,), actors=("visitor:none",), addresses=(), orders=("x",))


def test_every_model_of_ours_declares() -> None:
    names = {table.model.__name__ for table in tables()}
    assert names == {model.__name__ for model in apps.get_app_config("clm_plugin").get_models()}


def test_a_model_that_declares_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Receipt, "personal_data")
    with pytest.raises(Undeclared, match="Receipt"):
        tables()


def test_a_declaration_is_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Receipt, "personal_data", "something else")
    with pytest.raises(Undeclared, match="Receipt"):
        tables()


@pytest.mark.django_db
@pytest.mark.parametrize("table", about_people(), ids=lambda table: table.model.__name__)
def test_its_lookups_and_columns_are_there(table) -> None:  # type: ignore[no-untyped-def]
    rows = table.rows(NOBODY)
    assert list(rows.values_list(*table.data.columns)) == []
    assert table.data.columns, "an export shows something of every table about people"
    if table.data.aged_by:
        rows.filter(**{f"{table.data.aged_by}__isnull": True}).exists()
    for text in (table.data.holds, table.data.why, table.data.kept):
        assert str(text), "the data map has a word for each"


@pytest.mark.django_db
@pytest.mark.parametrize("table", brought(), ids=lambda table: table.model.__name__)
def test_what_is_searched_is_a_list_that_can_be_taken_from(table) -> None:  # type: ignore[no-untyped-def]
    field = table.model._meta.get_field(table.data.person)
    assert isinstance(field, models.JSONField)
    assert table.data.erase in ("delete", "clear")


def test_whoever_points_to_a_person_says_so_and_goes_with_her() -> None:
    wrong = []
    for table in tables():
        for field in table.model._meta.get_fields():
            if getattr(field, "related_model", None) is not Profile or not field.concrete:
                continue
            anonymised = table.data.erase == "anonymise"
            how = getattr(field.remote_field, "on_delete", None)
            cascades = how in (models.CASCADE, models.SET_NULL)
            if table.data == NOTHING or not (cascades or anonymised):
                wrong.append(f"{table.model.__name__}.{field.name}")
    assert not wrong, wrong


def test_what_is_anonymised_has_its_code_and_nothing_else_has() -> None:
    declared = {t.model.__name__ for t in tables() if t.data.erase == "anonymise"}
    assert declared == set(ANONYMISING)


def test_what_is_kept_at_an_erasure_has_no_way_to_her() -> None:
    """Kept rows lead to a person through another row only, which is deleted or made nobody's."""
    for table in about_people():
        if table.data.erase != "keep":
            continue
        via = table.data.person.split("__")
        assert len(via) > 1, f"{table.model.__name__} names her itself"


def test_the_events_of_a_person_are_found_by_all_her_names() -> None:
    table = next(table for table in about_people() if table.model is Event)
    assert table.data.by == "actor"


def test_tables_without_people_have_no_column_that_sounds_like_one() -> None:
    telling = {"email", "address", "first_name", "last_name", "phone", "ip", "actor", "profile"}
    for table in tables():
        if is_nothing(table):
            names = {field.name for field in table.model._meta.get_fields()}
            assert not names & telling, table.model.__name__
            with pytest.raises(FieldDoesNotExist):
                table.model._meta.get_field("customer_id")


def test_translators_find_every_word() -> None:
    file = ROOT / "clm_plugin/privacy/declared_words.py"
    told = f"run manage.py clm_data_map --words {file.relative_to(ROOT)}, then ruff format"
    made = {str(node.value) for node in ast.walk(ast.parse(words_module())) if _is_word(node)}
    kept = {str(node.value) for node in ast.walk(ast.parse(file.read_text())) if _is_word(node)}
    assert kept == made, told


def _is_word(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and not str(node.value).startswith("The words of")


def test_the_data_map_is_in_step() -> None:
    page = ROOT / "docs/reference/data-map.md"
    assert page.read_text() == data_map_page(), (
        "run manage.py clm_data_map --write docs/reference/data-map.md"
    )
