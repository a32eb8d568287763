"""Programmes in the admin: the list, the editor's errors, publishing, and what would change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.authoring import Programme
from clm_plugin.wallet.programme_models import CompiledProgramme, ProgrammeSet
from tests.wallet.test_programmes import PER_FULL

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    user = get_user_model().objects.create_superuser("boss", "boss@example.com", "x")
    client = Client()
    client.force_login(user)
    return client


def make(**fields: Any) -> Programme:
    given: dict[str, Any] = {"key": "harbour", "name": "Harbour credit", "earn": [PER_FULL]}
    made = wallet.install_programme(**(given | fields))
    assert made is not None
    return made


def test_publishing_compiles_and_unpublishing_withdraws() -> None:
    made = make()
    plan = wallet.programme("harbour")
    assert plan is not None
    assert (plan.version, plan.name, plan.earn[0].per_minor) == (1, "Harbour credit", 50_00)
    made.unpublish()
    assert wallet.programmes(NOW) == ()
    again = wallet.programme("harbour")
    assert again is not None
    assert again.withdrawn
    assert wallet.install_programme(key="harbour", name="Twice") is None


def test_a_draft_changes_nothing_that_is_live(admin: Client) -> None:
    made = make()
    made.pending_days = 99
    made.save_revision()
    plan = wallet.programme("harbour")
    assert plan is not None
    assert plan.pending_days == 14
    page = admin.get(reverse("clm_programmes:effects", args=[made.pk])).content.decode()
    assert "<ins>99 days</ins>" in page
    assert "<del>14 days</del>" in page


def test_the_list_shows_programmes_and_a_plan_that_cannot_be_read(admin: Client) -> None:
    make()
    CompiledProgramme.objects.update(plan={"?": 1})
    ProgrammeSet.objects.update(version=5)
    page = admin.get(reverse("clm_programmes:list")).content.decode()
    assert "Harbour credit" in page
    assert "The stored plan cannot be read: harbour" in page


def test_a_programme_that_is_not_complete_says_what_is_missing(admin: Client) -> None:
    made = make(publish=False)
    made.expiry_kind = "window"
    made.save_revision()
    page = admin.get(reverse("clm_programmes:effects", args=[made.pk])).content.decode()
    assert "Name the last day on which it can be spent" in page


def test_the_form_tells_at_its_field_what_cannot_be_meant(admin: Client) -> None:
    made = make(publish=False)
    url = reverse("clm_programmes:edit", args=[made.pk])
    form = admin.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data = {k: v for k, v in data.items() if isinstance(v, str | int) and not isinstance(v, bool)}
    data |= {
        "earn-count": "0",
        "earn_exclusions-count": "0",
        "spend_exclusions-count": "0",
        "expiry_days": "5",
        "pending_days": "14",
        "grace_days": "0",
        "action-publish": "1",
    }
    answer = admin.post(url, data)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["expiry_days"]


def test_the_preview_is_the_same_beside_the_editor(admin: Client) -> None:
    from django.test import RequestFactory

    made = make()
    request = RequestFactory().get("/")
    request.user = get_user_model().objects.get()
    page = made.serve_preview(request, "effects").content.decode()
    assert "Nothing: the draft says the same as the live version." in page
