"""Board, receipts, dead letters, health: what they say, full and empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from clm_plugin.console.health import parts
from clm_plugin.models import DeadLetter, QueuedEvent
from tests.console.makers import (
    make_campaign,
    make_dead_letter,
    make_person,
    make_receipt,
)
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("clm_board:index", "clm_backfill"),
        ("clm_customers:index", "clm_backfill"),
        ("clm_campaigns:list", "No campaign yet"),
        ("clm_receipts:index", "No decision yet"),
        ("clm_dead_letters:index", "No dead letters"),
        ("clm_health:index", "No sweep has run yet"),
        ("wagtailadmin_home", "Nobody here yet"),
    ],
)
def test_empty_states(root: Client, name: str, says: str) -> None:
    assert says in root.get(reverse(name)).content.decode()


def test_empty_customer_and_results(root: Client) -> None:
    person, campaign = make_person(), make_campaign()
    page = root.get(reverse("clm_customers:customer", args=(person.pk,))).content.decode()
    for says in ("Nothing is known of what", "No move yet", "No campaign was considered",
                 "No mail was made", "No order of this person"):  # fmt: skip
        assert says in page
    results = root.get(reverse("clm_campaigns:numbers", args=(campaign.pk,))).content.decode()
    assert "The campaign is live; numbers appear" in results


def test_receipts_are_filtered(root: Client) -> None:
    make_campaign("tea", name="Tea time")
    make_campaign("mug", name="Mug week")
    ann, bob = make_person(first_name="Ann"), make_person(first_name="Bob")
    make_receipt(ann, campaign="tea", yes=False, rule="quiet_hours",
                 inputs={"until": "2026-11-22T08:00:00+00:00"})  # fmt: skip
    make_receipt(bob, campaign="mug")

    def names(query: str) -> list[str]:
        page = root.get(reverse("clm_receipts:index_results") + query).content.decode()
        return [name for name in ("Ann", "Bob") if f">{name}<" in page]

    assert names("") == ["Ann", "Bob"]
    assert names("?campaign=tea") == ["Ann"]
    assert names("?yes=true") == ["Bob"]
    assert names("?rule=quiet_hours&yes=false&campaign=tea") == ["Ann"]
    assert names("?rule=quiet_hours&yes=true") == []
    page = root.get(reverse("clm_receipts:index")).content.decode()
    assert "held until 22 Nov 2026, 08:00" in page


def test_replay_one(root: Client) -> None:
    letter, other = make_dead_letter(), make_dead_letter()
    url = reverse("clm_dead_letters:replay", args=(letter.pk,))
    assert root.get(url).status_code == 405
    assert DeadLetter.objects.count() == 2
    answer = root.post(url, follow=True)
    assert "1 event is back in the queue." in answer.content.decode()
    assert list(DeadLetter.objects.values_list("pk", flat=True)) == [other.pk]
    # The login of this test told its own event, so look at ours only.
    (queued,) = QueuedEvent.objects.filter(event_id=letter.event_id)
    assert (queued.event_id, queued.shard, queued.due_at) == (letter.event_id, 3, NOW)
    again = root.post(url, follow=True)
    assert "nothing to replay" in again.content.decode()
    assert QueuedEvent.objects.filter(event_id=letter.event_id).count() == 1


def test_replay_all(root: Client) -> None:
    letters = {make_dead_letter().pk, make_dead_letter().pk}
    url = reverse("clm_dead_letters:replay_all")
    assert root.get(url).status_code == 405
    root.post(url)
    assert DeadLetter.objects.count() == 0
    assert letters <= set(QueuedEvent.objects.values_list("event_id", flat=True))


def test_replay_needs_the_csrf_token(log_in: Callable[..., Client]) -> None:
    letter = make_dead_letter()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = log_in(superuser=True).cookies
    url = reverse("clm_dead_letters:replay", args=(letter.pk,))
    assert strict.post(url).status_code == 403
    assert DeadLetter.objects.count() == 1


def test_dead_letter_whose_event_was_erased(root: Client) -> None:
    from clm_plugin.models import Event

    letter = make_dead_letter("ValueError: odd")
    Event.objects.filter(pk=letter.event_id).delete()
    page = root.get(reverse("clm_dead_letters:index")).content.decode()
    assert "The event is gone" in page
    assert "ValueError: odd" in page


def test_health_says_what_to_do() -> None:
    queue = {"waiting": 1200, "lag_seconds": 900.0}
    bad = parts({"database": True, "broker": False, "worker": False, "scheduler": True,
                 "queue": queue}, dead=3)  # fmt: skip
    assert {part.name: part.ok for part in bad} == {
        "Broker": False, "Worker": False, "Scheduler": True, "Queue": False, "Dead letters": False,
    }  # fmt: skip
    assert all(part.remedy for part in bad if not part.ok)
    assert not any(part.remedy for part in bad if part.ok)
    calm = {"database": True, "broker": True, "worker": True, "scheduler": True,
            "queue": {"waiting": 0, "lag_seconds": 0.0}}  # fmt: skip
    (broken,) = (part for part in parts(calm, 0, ["VIPs", "Fans"]) if not part.ok)
    assert (broken.name, "“Fans”, “VIPs”" in broken.said) == ("Segments", True)
    assert "publish it again" in broken.remedy
    (gone,) = parts({"database": False}, dead=0)
    assert not gone.ok
