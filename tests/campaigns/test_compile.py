"""From an authored campaign to a frozen plan, through Wagtail's own publish."""

import pytest
from django.core.exceptions import ValidationError

from clm_plugin.campaigns.api import compile_campaign, live_plans, plan_version
from clm_plugin.campaigns.compile import plan_from_json, plan_to_json
from clm_plugin.campaigns.models import Campaign, CompiledPlan
from clm_plugin.campaigns.recipes import first_day, install

pytestmark = pytest.mark.django_db


def test_publishing_makes_a_plan_live_and_a_draft_does_not() -> None:
    campaign = install(first_day()[0], publish=False)
    assert campaign is not None
    assert live_plans(plan_version()) == ()
    campaign.latest_revision.publish()
    (plan,) = live_plans(plan_version())
    assert (plan.campaign, plan.version) == ("basket-reminder", 1)
    campaign.refresh_from_db()
    campaign.priority = 99
    campaign.save_revision()
    assert live_plans(plan_version())[0].priority == 80
    campaign.latest_revision.publish()
    assert live_plans(plan_version())[0].priority == 99
    assert live_plans(plan_version())[0].version == 2


def test_unpublishing_and_deleting_take_the_plan_away() -> None:
    for recipe in first_day():
        install(recipe, publish=True)
    assert len(live_plans(plan_version())) == 3
    Campaign.objects.get(key="leaving-empty").unpublish()
    assert len(live_plans(plan_version())) == 2
    Campaign.objects.get(key="bought-together").delete()
    assert [plan.campaign for plan in live_plans(plan_version())] == ["basket-reminder"]


def test_block_ids_stay_over_edits_so_that_nobody_is_lost() -> None:
    campaign = install(first_day()[0], publish=True)
    assert campaign is not None
    before = compile_campaign(campaign).steps[0].id
    campaign = Campaign.objects.get(pk=campaign.pk)
    campaign.steps[0].value["subject"] = "Another"
    campaign.save_revision().publish()
    plan = plan_from_json(CompiledPlan.objects.get().plan)
    assert plan.steps[0].id == before
    assert plan.steps[0].content["subject"] == "Another"


def test_plans_survive_the_way_through_json() -> None:
    for recipe in first_day():
        campaign = install(recipe, publish=False)
        assert campaign is not None
        plan = compile_campaign(campaign, version=3)
        assert plan_from_json(plan_to_json(plan)) == plan


def test_scripts_do_not_survive_compilation() -> None:
    campaign = install(first_day()[1], publish=False)
    assert campaign is not None
    campaign.steps[0].value[
        "body"
    ].source = '<p onclick="x()">Hi<script>alert(1)</script><a href="javascript:x()">a</a></p>'
    body = compile_campaign(campaign).steps[0].content["body"]
    assert body == '<p>Hi<a rel="noopener noreferrer">a</a></p>'


def test_a_step_that_does_not_fit_the_trigger_is_refused() -> None:
    campaign = install(first_day()[0], publish=False)
    assert campaign is not None
    campaign.steps = [("bundle", {"heading": "x", "max_items": 2})]
    with pytest.raises(ValidationError) as caught:
        campaign.full_clean()
    assert "steps" in caught.value.message_dict


def test_installing_twice_makes_nothing_new() -> None:
    assert install(first_day()[0], publish=True)
    assert install(first_day()[0], publish=True) is None
    assert Campaign.objects.count() == 1
