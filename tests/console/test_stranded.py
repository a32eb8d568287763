"""Live campaigns whose segment or stage went away, however that came about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clm_plugin.campaigns.api import live_plans, plan_version, stranded
from clm_plugin.doctor import examine
from clm_plugin.models import Campaign, CompiledPlan, CompiledSegment, Segment
from tests.console.makers import make_campaign
from tests.factories import NOW
from tests.lifecycle.authored import from_template

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def soon(**fields: Any) -> Segment:
    segment = Segment(key="vips", name="VIPs", kind="static", **fields)
    segment.save()
    segment.save_revision().publish()
    segment.refresh_from_db()
    return segment


def for_segment(key: str = "tea") -> Campaign:
    campaign = make_campaign(key)
    campaign.audience = [("segments", {"inside": ["vips"], "outside": []})]
    campaign.save_revision().publish()
    return campaign


def test_a_scheduled_unpublish_is_told(root: Client, caplog: pytest.LogCaptureFixture) -> None:
    segment = soon()
    for_segment()
    assert stranded() == []
    Segment.objects.filter(pk=segment.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    call_command("publish_scheduled", verbosity=0)
    (one,) = stranded()
    assert (one.campaign, one.segments, one.stages) == ("tea", ("vips",), ())
    assert "the live campaign tea reaches nobody" in caplog.text
    assert "Tea time" in root.get(reverse("clm_health:index")).content.decode()
    (found,) = (each for each in examine(now=NOW) if "stages or segments" in each.what)
    assert not found.ok
    assert "tea" in found.what
    segment.refresh_from_db()
    segment.save_revision().publish()
    assert stranded() == []
    assert "Tea time" not in root.get(reverse("clm_health:index")).content.decode()


def test_unpublishing_by_hand_says_first_who_uses_it(root: Client) -> None:
    segment = soon()
    url = reverse("clm_segments:unpublish", args=(segment.pk,))
    assert "these would reach nobody" not in root.get(url).content.decode()
    for_segment()
    page = root.get(url).content.decode()
    assert "these would reach nobody" in page
    assert "Tea time" in page


def test_a_scheduled_model_is_told(caplog: pytest.LogCaptureFixture) -> None:
    make_campaign(stages=["loyal"])
    assert stranded() == []
    draft = from_template("three")
    draft.go_live_at = timezone.now() + timedelta(days=1)
    revision = draft.save_revision()
    revision.publish()
    assert stranded() == []  # not yet
    type(draft).objects.filter(pk=draft.pk).update(go_live_at=timezone.now())
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = None
    revision.save()
    call_command("publish_scheduled", verbosity=0)
    (one,) = stranded()
    assert (one.campaign, one.stages) == ("tea", ("loyal",))
    assert "the live campaign tea reaches nobody" in caplog.text


def test_what_is_only_scheduled_is_not_in_force() -> None:
    later = timezone.now() + timedelta(days=1)
    assert not soon(go_live_at=later).live
    assert not CompiledSegment.objects.exists()
    campaign = make_campaign()
    campaign.unpublish()
    campaign.go_live_at = later
    campaign.save_revision().publish()
    assert not CompiledPlan.objects.exists()
    assert live_plans(plan_version()) == ()
