"""The reference names every kind of condition and every field of it."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from clm_plugin.segments.api import KINDS
from clm_plugin.segments.conditions.event import OPS as EVENT_OPS
from clm_plugin.segments.conditions.figure import FIGURES
from clm_plugin.segments.conditions.survey import OPS as SURVEY_OPS
from clm_plugin.segments.conditions.trait import OPS as TRAIT_OPS

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/segments.md"
SECTIONS = dict(
    part.split("\n", 1) for part in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
)
WORDS = {"event": EVENT_OPS, "trait": TRAIT_OPS, "survey": SURVEY_OPS, "figure": FIGURES}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_each_kind_has_a_section_that_names_its_fields(kind: type[Any]) -> None:
    text = SECTIONS[kind.kind]
    named = set(re.findall(r"`(?:\")?(\w+)(?:\")?(?:: \w+)?`", text))
    assert {each.name for each in fields(kind)} | set(WORDS.get(kind.kind, ())) <= named


def test_no_section_is_left_over() -> None:
    assert set(SECTIONS) == {kind.kind for kind in KINDS}
