"""The first start goes on where it was interrupted, and new code repeats what it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo_shop.services import preparation
from demo_shop.services.preparation import STEPS, Stamp

if TYPE_CHECKING:
    from pathlib import Path


def _finished(path: Path) -> Stamp:
    stamp = Stamp(path)
    for step in STEPS:
        stamp.note(step)
    stamp.finish()
    return stamp


def test_everything_is_due_at_first(tmp_path: Path) -> None:
    assert Stamp(tmp_path / "stamp").due() == list(STEPS)


def test_nothing_is_due_when_all_is_done(tmp_path: Path) -> None:
    _finished(tmp_path / "stamp")
    assert Stamp(tmp_path / "stamp").due() == []


def test_an_interrupted_start_goes_on(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamp")
    for step in STEPS[:2]:
        stamp.note(step)
    due = Stamp(tmp_path / "stamp").due()
    assert [step for step in due if not step.again] == [s for s in STEPS[2:] if not s.again]
    assert due[-1] == STEPS[-1]


def test_new_code_repeats_the_repeatable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _finished(tmp_path / "stamp")
    monkeypatch.setattr(preparation, "code_version", lambda: "other")
    assert Stamp(tmp_path / "stamp").due() == [step for step in STEPS if step.again]


def test_a_broken_stamp_means_a_first_start(tmp_path: Path) -> None:
    path = tmp_path / "stamp"
    path.write_text("{")
    assert Stamp(path).due() == list(STEPS)
