"""The privacy screens: what they show, who may use them, and that they leave no name behind."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin.messages.api import held_since, hold_sends
from clm_plugin.models import Delivery, Erasure, Profile
from clm_plugin.privacy.api import about_people, give_consent
from tests.console.makers import actor_of, make_mail, make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("ann@example.com", "Annabella")


@pytest.fixture
def ann(db: None) -> Profile:
    return make_person(email=NAMES[0], first_name=NAMES[1])


def url(name: str, *args: Any) -> str:
    return reverse(f"clm_privacy:{name}", args=args)


def test_the_map_names_every_table_about_people(root: Client) -> None:
    page = root.get(url("index")).content.decode()
    for table in about_people():
        assert table.model.__name__ in page
    assert "page.viewed" in page
    assert "Nobody was erased so far." in page
    assert "No erasure journal is set" in page


def test_mails_that_are_held_are_let_go(root: Client, ann: Profile) -> None:
    make_mail(ann, state="queued")
    hold_sends(now=NOW)
    assert "1 mail waits" in root.get(url("index")).content.decode()
    root.post(url("release"), {"waiting": "send"})
    assert held_since() is None
    assert Delivery.objects.get().state == "queued"
    hold_sends(now=NOW)
    root.post(url("release"), {"waiting": "drop"})
    assert (Delivery.objects.get().state, held_since()) == ("unknown", None)
    again = root.post(url("release"), {"waiting": "drop"}, follow=True)
    assert "somebody was faster" in again.content.decode()


def test_the_consent_log_shows_answer_source_and_words(root: Client, ann: Profile) -> None:
    give_consent(
        actor_of(ann), "marketing", channel="mail", source="registration", now=NOW,
        text="Yes, write me <now> and then.", text_version="2026-11", told_by="till 4",
    )  # fmt: skip
    page = root.get(url("person", ann.pk)).content.decode()
    for text in (
        "marketing by mail", "registration", "Version 2026-11", "till 4",
        "Yes, write me &lt;now&gt; and then.",
    ):  # fmt: skip
        assert text in page, text


def test_a_merged_person_opens_as_who_she_became(root: Client, ann: Profile) -> None:
    old = make_person()
    Profile.objects.filter(pk=old.pk).update(merged_into=ann)
    page = root.get(url("person", old.pk))
    assert page.status_code == 200
    assert url("erase", ann.pk) in page.content.decode()


def test_an_export_is_noted_without_a_name(root: Client, ann: Profile) -> None:
    response = root.post(url("export", ann.pk))
    archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    assert NAMES[0] in archive.read("data.json").decode()
    assert "no-store" in response["Cache-Control"]
    entry = ModelLogEntry.objects.get()
    assert (entry.action, entry.label, entry.user.username) == (
        "clm_plugin.export", f"Profile {ann.pk}", "root",
    )  # fmt: skip
    assert root.get(url("export", ann.pk)).status_code == 405


def test_the_confirmation_says_what_will_happen_and_asks_for_the_name(
    root: Client, ann: Profile
) -> None:
    make_mail(ann)
    page = root.get(url("erase", ann.pk)).content.decode()
    for text in ("mails to a person", "deleted", "This cannot be undone", f"<b>{NAMES[0]}</b>"):
        assert text in page, text
    for word in ("", "erase", "ann@example.co"):
        refused = root.post(url("erase", ann.pk), {"word": word})
        assert refused.status_code == 200
    assert "Type “ann@example.com” to erase" in refused.content.decode()
    assert Profile.objects.filter(pk=ann.pk).exists()


def test_erased_she_is_in_no_log_of_ours(root: Client, ann: Profile) -> None:
    ModelLogEntry.objects.log_action(ann, "wagtail.edit", title=str(ann), data={"was": NAMES[1]})
    done = root.post(url("erase", ann.pk), {"word": "ANN@example.com"}, follow=True)
    assert "The person was erased." in done.content.decode()
    assert not Profile.objects.filter(pk=ann.pk).exists()
    for entry in ModelLogEntry.objects.all():
        assert not any(name in f"{entry.label} {entry.data}" for name in NAMES)
    assert ModelLogEntry.objects.filter(action="clm_plugin.erase").exists()
    assert Erasure.objects.get().asked_by == "console"
    assert root.get(url("person", ann.pk)).status_code == 404


def test_who_has_no_name_is_confirmed_by_a_word(root: Client) -> None:
    nobody = make_person()
    root.post(url("erase", nobody.pk), {"word": "erase"})
    assert not Profile.objects.filter(pk=nobody.pk).exists()


@pytest.mark.parametrize(
    ("name", "permission", "method"),
    [
        ("index", "view_erasure", "get"),
        ("person", "view_profile", "get"),
        ("release", "change_erasure", "post"),
        ("export", "export_person", "post"),
        ("erase", "erase_person", "get"),
        ("erase", "erase_person", "post"),
    ],
)
def test_each_needs_its_own_permission(
    name: str, permission: str, method: str, ann: Profile, log_in: Callable[..., Client]
) -> None:
    from django.contrib.auth import get_user_model

    args = (ann.pk,) if name in ("person", "export", "erase") else ()
    others = {"view_erasure", "view_profile", "change_erasure", "export_person", "erase_person"}
    refused = getattr(log_in(*others - {permission}), method)(url(name, *args))
    assert (refused.status_code, refused["Location"]) == (302, reverse("wagtailadmin_home"))
    get_user_model().objects.filter(username="editor").delete()
    allowed = getattr(log_in(permission), method)(url(name, *args))
    assert allowed.status_code == (302 if name == "release" else 200)
    assert Profile.objects.filter(pk=ann.pk).exists()


def test_buttons_are_for_who_may_press_them(ann: Profile, log_in: Callable[..., Client]) -> None:
    answer = log_in("view_profile").get(url("person", ann.pk))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert url("export", ann.pk) not in page
    assert url("erase", ann.pk) not in page
