"""The commands: who is meant, what they say, and what they do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clm_plugin.messages.api import hold_sends, waiting_mails
from clm_plugin.models import Delivery, Profile
from clm_plugin.privacy import journal
from clm_plugin.profiles.api import hash_name
from tests.console.makers import make_person
from tests.factories import NOW
from tests.privacy.people import EMAIL, ME, left_of, make_canary

pytestmark = pytest.mark.django_db


def run(name: str, *args: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("who", [ME, EMAIL, EMAIL.upper(), "number"])
def test_a_person_is_named_in_three_ways(who: str, tmp_path: Path) -> None:
    canary = make_canary()
    file = tmp_path / "her.zip"
    run("clm_export", str(canary.profile_id) if who == "number" else who, output=file)
    assert EMAIL in zipfile.ZipFile(file).read("data.json").decode()


@pytest.mark.parametrize("who", ["customer:9", "no@example.com", "404404"])
def test_nobody_is_an_error(who: str) -> None:
    with pytest.raises(CommandError):
        run("clm_erase", who)


def test_an_address_of_two_is_nobodys() -> None:
    for _ in range(2):
        make_person(email="two@example.com")
    with pytest.raises(CommandError, match="2 profiles"):
        run("clm_erase", "two@example.com", "--yes")


def test_an_erasure_says_first_what_it_would_do() -> None:
    make_canary()
    said = run("clm_erase", ME)
    assert "order fact: 2 (anonymise)" in said
    assert "Nothing was changed" in said
    assert Profile.objects.filter(email=EMAIL).exists()
    assert "Erased:" in run("clm_erase", ME, "--yes")
    assert left_of() == []


def test_after_a_restored_backup(settings: Any, tmp_path: Path) -> None:
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path / "journal")}
    make_canary()
    journal.append([hash_name(ME)], at=NOW)
    said = run("clm_restored")
    assert "1 people erased again" in said
    assert left_of() == []
    assert "No mails are held" not in run("clm_restored", "--release")
    assert "No mails are held" in run("clm_restored", "--release")


def test_what_waited_is_let_go_or_dropped() -> None:
    make_canary()
    hold_sends(now=NOW)
    assert waiting_mails() == 1
    assert "1 mails may leave" in run("clm_restored", "--release")
    assert Delivery.objects.filter(state="queued").count() == 1
    hold_sends(now=NOW)
    assert "1 mails dropped" in run("clm_restored", "--release", "--drop")
    assert waiting_mails() == 0


def test_without_a_journal_it_says_so() -> None:
    assert "ERASURE_JOURNAL" in run("clm_restored")


def test_the_map_is_printed() -> None:
    assert "| Profile |" in run("clm_data_map")
