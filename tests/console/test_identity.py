"""Identity in the console: the cards of a person, the log of merges, undoing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from clm_plugin import pipeline
from clm_plugin.console.identity import in_words, phrase
from clm_plugin.models import (
    Identifier,
    LifeEvent,
    LifeEventKind,
    MergeRecord,
    Profile,
    TraitDefinition,
    TraitValue,
)
from tests.console.makers import make_person
from tests.factories import NOW, days, new, order, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def joined() -> MergeRecord:
    """A device that was joined to an account with an order."""
    store(order("customer:1", "o1", NOW - days(9)))
    device = "visitor:3f2a91c0d4e84b7f8a1b2c3d4e5f6a7b"
    store(new("page.viewed", device, NOW - days(2), path="/", source="browser"))
    pipeline.drain(now=NOW)
    store(new("customer.logged_in", "customer:1", links=(device,), email="ann@example.com"))
    pipeline.drain(now=NOW)
    return MergeRecord.objects.get()


def text(response: object) -> str:
    assert response.status_code == 200  # type: ignore[attr-defined]  # a test response
    return str(response.content.decode())  # type: ignore[attr-defined]


def page_of(profile_id: int) -> str:
    return reverse("clm_customers:customer", args=(profile_id,))


@pytest.mark.parametrize(
    ("actor", "wanted"),
    [
        ("customer:12", ("Account", "12")),
        ("visitor:3f2a91c0d4e8", ("Device", "3f2a91c0…")),
        ("email:abcdefabcdef", ("E-mail address", "abcdefab…")),
        ("ext:crm:4711", ("In crm", "4711")),
        ("odd:thing", ("odd", "thing")),
    ],
)
def test_names_in_words(actor: str, wanted: tuple[str, str]) -> None:
    assert in_words(actor) == wanted


def test_many_names_are_counted() -> None:
    names = [f"customer:{n}" for n in range(6)] + ["basket:1", "basket:2"]
    assert phrase(names, most=2) == ("Account 0", "Account 1", "4 more names", "2 baskets")
    assert phrase(["basket:1"]) == ("1 basket",)


def test_the_cards_of_a_person(joined: MergeRecord, root: Client) -> None:
    pid = joined.survivor_id
    Identifier.objects.create(
        actor="email:feedbeef", profile_id=pid, verified=False, created_at=NOW
    )
    TraitDefinition.objects.create(key="vip", label="Very important", kind="boolean")
    TraitValue.objects.create(profile_id=pid, key="vip", number=1, told_at=NOW, source="segment")
    LifeEventKind.objects.create(key="birthday", label="Birthday", source="dated", yearly=True)
    LifeEvent.objects.create(
        profile_id=pid, kind="birthday", source="dated", on="1984-02-29", yearly=True,
        month_day=229, declared_at=NOW,
    )  # fmt: skip
    page = text(root.get(page_of(pid)))
    wanted = [
        "Account", "Device", "claimed, not proven", "a login on this device", "Very important",
        "ann@example.com", "Birthday", "next on 28 Feb 2027",
    ]  # fmt: skip
    for words in wanted:
        assert words in page, words
    assert reverse("clm_merges:undo", args=(joined.pk,)) in page


def test_old_ids_lead_to_the_survivor(joined: MergeRecord, root: Client) -> None:
    response = root.get(page_of(joined.merged_id))
    assert (response.status_code, response["Location"]) == (302, page_of(joined.survivor_id))


def test_what_is_sensitive_is_for_few(log_in: Callable[..., Client]) -> None:
    person = make_person(first_name="Ann")
    LifeEventKind.objects.create(key="baby", label="A baby", source="declared", sensitive=True)
    LifeEvent.objects.create(profile=person, kind="baby", source="declared", declared_at=NOW)
    TraitDefinition.objects.create(key="allergy", label="Allergy", sensitive=True)
    TraitValue.objects.create(profile=person, key="allergy", text="nuts", told_at=NOW)
    page = text(log_in("view_profile").get(page_of(person.pk)))
    assert "A baby" not in page
    assert "nuts" not in page
    assert "1 more is sensitive" in page
    from tests.console.test_permissions import _as

    page = text(_as(log_in, "view_profile", "view_sensitive_profile").get(page_of(person.pk)))
    assert "A baby" in page
    assert "nuts" in page


def test_undo_says_what_will_happen_and_does_it(joined: MergeRecord, root: Client) -> None:
    url = reverse("clm_merges:undo", args=(joined.pk,))
    page = text(root.get(url))
    for words in (
        "Device 3f2a91c0…",
        "The same link will not join them again",
        "Leave them joined",
    ):
        assert words in page, words
    assert Profile.objects.filter(merged_into=None).count() == 1, "looking changes nothing"
    response = root.post(url, follow=True)
    assert "They are two people again" in text(response)
    assert Profile.objects.filter(merged_into=None).count() == 2
    joined.refresh_from_db()
    assert joined.undone_by is not None
    entry = ModelLogEntry.objects.get(action="clm_plugin.unmerge")
    assert "ann" not in f"{entry.label} {entry.data}", "the log outlives an erasure"
    again = root.post(url, follow=True)
    assert "Somebody was faster" in text(again)
    assert "Somebody was faster" in text(root.get(url, follow=True))


def test_only_who_may_change_people_may_undo(
    joined: MergeRecord, log_in: Callable[..., Client]
) -> None:
    from tests.console.test_permissions import _as

    url = reverse("clm_merges:undo", args=(joined.pk,))
    reader = log_in("view_profile")
    assert url not in text(reader.get(page_of(joined.survivor_id)))
    assert url not in text(reader.get(reverse("clm_merges:index")))
    assert reader.post(url).status_code == 302
    assert Profile.objects.filter(merged_into=None).count() == 1
    assert url in text(
        _as(log_in, "view_profile", "change_profile").get(page_of(joined.survivor_id))
    )


def test_the_log_of_merges(joined: MergeRecord, root: Client) -> None:
    index = reverse("clm_merges:index")
    assert "Device 3f2a91c0…" in text(root.get(index))
    assert "No merge matches" in text(root.get(f"{index}?state=undone"))
    root.post(reverse("clm_merges:undo", args=(joined.pk,)))
    assert "undone" in text(root.get(f"{index}?state=undone"))
    MergeRecord.objects.all().delete()
    assert "No merge yet" in text(root.get(index))


def test_there_is_no_merge_like_that(root: Client) -> None:
    assert root.get(reverse("clm_merges:undo", args=(999,))).status_code == 404
