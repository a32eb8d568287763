"""What marketers gave a date goes live on it, or offline, without a cron job of the shop's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import DraftStateMixin, ModelLogEntry

from clm_plugin import tasks
from clm_plugin.offers import api as offers
from clm_plugin.offers.authoring import Offer
from clm_plugin.offers.recipes import install_offer
from clm_plugin.roles import install_roles
from clm_plugin.scheduled import publish_scheduled
from clm_plugin.testing.clock import FrozenClock

pytestmark = pytest.mark.django_db

SCREENS = ("campaigns", "lifecycle_models", "offers", "programmes", "segments", "surveys")


def offer(key: str, *, publish: bool = False) -> Offer:
    made = install_offer(
        key=key, name=key, title=key, currency="GBP", given="grant", publish=publish,
        effect=("percent", {"percent": Decimal(10)}),
    )  # fmt: skip
    assert made is not None
    return made


def schedule(key: str, days: float = 1, *, publish: bool = False, title: str = "") -> Offer:
    """Give it a date ``days`` from now to go live, as the editor does."""
    made = offer(key, publish=publish)
    made.go_live_at, made.title = timezone.now() + timedelta(days=days), title or key
    made.save_revision().publish()
    return made


def after(days: float) -> int:
    return publish_scheduled(now=timezone.now() + timedelta(days=days))


def test_it_waits_for_its_day_and_goes_live_once() -> None:
    schedule("spring")
    schedule("summer", 90)
    assert publish_scheduled(now=timezone.now()) == 0
    assert offers.live_offers() == {}
    assert after(2) == 1
    assert set(offers.live_offers()) == {"spring"}
    assert Offer.objects.get(key="spring").live
    assert after(2) == 0
    entries = ModelLogEntry.objects.filter(action="wagtail.publish.scheduled")
    assert entries.count() == 1


def test_a_change_of_what_is_live_waits_and_the_old_one_counts_until_then() -> None:
    schedule("spring", publish=True, title="20 % off")
    assert offers.live_offers()["spring"].title == "spring"
    after(2)
    assert offers.live_offers()["spring"].title == "20 % off"


def test_it_goes_offline_on_its_last_day() -> None:
    made = offer("spring")
    made.expire_at = timezone.now() + timedelta(days=5)
    made.save_revision().publish()
    assert after(4) == 0
    assert set(offers.live_offers()) == {"spring"}
    assert after(6) == 1
    assert offers.live_offers() == {}
    made.refresh_from_db()
    assert (made.live, made.expired) == (False, True)
    assert after(6) == 0


@pytest.mark.parametrize("runs", [(5.5, 7), (7,)])
def test_what_is_to_follow_goes_live_after_the_end_of_what_was_there(
    runs: tuple[float, ...],
) -> None:
    """Red before: with the end of the first, Wagtail forgot the date of the second."""
    made = offer("spring")
    made.expire_at = timezone.now() + timedelta(days=5)
    made.save_revision().publish()
    made = Offer.objects.get(key="spring")
    made.go_live_at, made.expire_at = timezone.now() + timedelta(days=6), None
    made.title = "again"
    made.save_revision().publish()
    for day in runs:
        after(day)
    assert offers.live_offers()["spring"].title == "again"
    assert after(8) == 0


def test_what_had_its_whole_time_while_no_worker_ran_is_not_live() -> None:
    """Red before: it was, until the next run."""
    made = offer("spring")
    made.go_live_at, made.expire_at = (timezone.now() + timedelta(days=n) for n in (1, 2))
    made.save_revision().publish()
    after(3)
    assert offers.live_offers() == {}
    assert after(3) == 0


def test_one_that_cannot_be_published_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken = schedule("broken", 0.5)
    schedule("spring")
    revision = broken.latest_revision
    revision.content["effect"] = "[]"  # an offer without an effect
    revision.save()
    assert after(2) == 1
    assert set(offers.live_offers()) == {"spring"}
    assert "what was scheduled cannot be done" in caplog.text
    broken.refresh_from_db()
    assert not broken.live
    assert after(2) == 0, "tried again, in vain"


def test_the_worker_does_it_by_the_shops_clock() -> None:
    schedule("spring")
    with FrozenClock(timezone.now() + timedelta(days=2)):
        tasks.publish()
    assert set(offers.live_offers()) == {"spring"}


def test_wagtails_own_command_and_ours_do_not_get_in_each_others_way() -> None:
    made = schedule("spring")
    revision = made.latest_revision
    past = timezone.now() - timedelta(minutes=1)
    revision.approved_go_live_at, revision.content["go_live_at"] = past, past.isoformat()
    revision.save()
    call_command("publish_scheduled", verbosity=0)
    assert set(offers.live_offers()) == {"spring"}
    assert publish_scheduled(now=timezone.now()) == 0


def test_an_author_can_give_all_that_is_authored_a_date() -> None:
    """It counts when somebody who may has published it, or a workflow has."""
    ours = apps.get_app_config("clm_plugin").get_models()
    assert sum(issubclass(model, DraftStateMixin) for model in ours) == len(SCREENS)
    install_roles()
    user = get_user_model().objects.create_user("ann", "ann@example.com", "x")
    user.groups.add(Group.objects.get(name="Lifecycle: marketer"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for screen in SCREENS:
        page = client.get(reverse(f"clm_{screen}:add") + "?blank=1")
        assert 'name="go_live_at"' in page.content.decode(), screen
