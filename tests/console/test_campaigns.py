"""A campaign from the form to a live plan, its preview, its list and its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from clm_plugin.campaigns.authoring import previewers
from clm_plugin.console.campaigns import funnel
from clm_plugin.insights.api import CampaignNumbers
from clm_plugin.models import Campaign, CompiledPlan
from tests.console.makers import make_campaign, make_credit, make_person, make_receipt, make_seen

if TYPE_CHECKING:
    from django.test import Client


def form(*, trigger: str = "basket_idle", **fields: Any) -> dict[str, Any]:
    triggers = {
        "basket_idle": {"idle_minutes": "45"},
        "exit_signal": {"min_product_views": "3", "empty_basket": "on"},
    }
    mail = {
        "subject": "Still thinking?", "preheader": "", "heading": "Your basket",
        "body": rich_text("<p>We kept it.</p>"), "button": "Back", "show_basket": "on",
    }  # fmt: skip
    # A list in nested data would become numbered fields; boxes to tick share one name.
    ticked = {"audience-0-value-stages": ["convert", "nurture"]}
    data: dict[str, Any] = nested_form_data(
        {
            "name": "Basket left behind",
            "key": "basket",
            "trigger": streamfield([(trigger, triggers[trigger])]),
            "audience": streamfield([("stages", {})]),
            "steps": streamfield([("mail", mail)]),
            "priority": "50",
            "bought_within_days": "4",
            "repeat_days": "7",
            "send_by_hours": "24",
            "holdout_percent": "10",
            **fields,
        }
    )
    return {**ticked, **data}


def test_draft_is_not_live_and_publish_compiles_a_plan(root: Client) -> None:
    add = reverse("clm_campaigns:add")
    saved = root.post(add, form())
    campaign = Campaign.objects.get(key="basket")
    assert saved.status_code == 302
    assert not campaign.live
    assert not CompiledPlan.objects.exists()

    edit = reverse("clm_campaigns:edit", args=(campaign.pk,))
    root.post(edit, {**form(), "action-publish": "action-publish"})
    campaign.refresh_from_db()
    assert campaign.live
    plan = CompiledPlan.objects.get(campaign="basket").plan
    assert plan["trigger"]["idle"] == 45 * 60
    assert plan["audience"]["stages"] == ["convert", "nurture"]
    assert [step["kind"] for step in plan["steps"]] == ["mail"]

    root.post(reverse("clm_campaigns:unpublish", args=(campaign.pk,)))
    assert not CompiledPlan.objects.exists()


def test_a_step_that_does_not_fit_is_named(root: Client) -> None:
    response = root.post(reverse("clm_campaigns:add"), form(trigger="exit_signal"))
    assert response.status_code == 200
    assert "“Send a mail” does not fit this trigger" in str(response.context["form"].errors)
    assert not Campaign.objects.exists()


def test_the_editor_opens_with_its_blocks(root: Client) -> None:
    campaign = make_campaign()
    for name, args in (("add", ()), ("edit", (campaign.pk,))):
        page = root.get(reverse(f"clm_campaigns:{name}", args=args)).content.decode()
        assert "Basket left behind" in page
        assert "Often bought together" in page or "often bought together" in page


def test_preview_without_a_step_or_a_renderer(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clm_plugin.campaigns.authoring.previewers", {})
    for campaign in (Campaign(key="new", name="New"), make_campaign()):
        assert [mode for mode, _label in campaign.preview_modes] == ["nothing"]
        for mode in ("nothing", "mail"):
            response = campaign.make_preview_request(preview_mode=mode)
            assert "Nothing to show yet" in response.content.decode()


def test_preview_by_the_renderer(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from django.http import HttpResponse

    monkeypatch.setitem(
        previewers, "mail", lambda request, campaign: HttpResponse(f"mail of {campaign.name}")
    )
    response = make_campaign(name="Tea time").make_preview_request(preview_mode="mail")
    assert response.content == b"mail of Tea time"


def test_blocks_have_sketches_in_the_chooser(root: Client) -> None:
    from clm_plugin.campaigns.blocks import StepStream

    for name in ("mail", "popup", "bundle"):
        block = StepStream().child_blocks[name]
        assert block.is_previewable
        page = root.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
        assert page.status_code == 200
        assert "clm_plugin/console/preview.css" in page.content.decode()


def test_list_and_results_have_the_numbers(root: Client) -> None:
    campaign, ann = make_campaign("tea", name="Tea time"), make_person()
    make_seen(make_receipt(ann, channel="overlay"))
    for rule in ("stage", "holdout", "quiet_hours", "quiet_hours"):
        make_receipt(ann, yes=False, rule=rule)
    make_credit(ann, margin_minor=1234)
    listed = root.get(reverse("clm_campaigns:list")).content.decode()
    assert "£12.34" in listed
    assert ">live<" in listed.replace("\n", "").replace(" ", "").lower()
    page = root.get(reverse("clm_campaigns:numbers", args=(campaign.pk,))).content.decode()
    assert "Quiet hours" in page
    assert "rule=quiet_hours" in page
    assert "£12.34" in page


def test_funnel() -> None:
    steps = funnel(
        CampaignNumbers(
            campaign="tea", decided=100, eligible=80, held_out=8, yes=40, delivered=36, clicked=9,
            orders=3,
        )
    )  # fmt: skip
    assert [step.count for step in steps] == [100, 80, 72, 40, 36, 9, 3]
    assert [step.lost for step in steps] == [0, 20, 8, 32, 4, 27, 6]
    assert steps[0].share == 1
    assert steps[-1].width == pytest.approx(3)


def test_funnel_of_nothing_and_of_late_clicks() -> None:
    assert [step.width for step in funnel(CampaignNumbers(campaign="tea"))] == [0] * 7
    # Clicks of this month on mails of the last: more clicks than sends, and no bar too long.
    late = funnel(CampaignNumbers(campaign="tea", decided=1, eligible=1, yes=1, clicked=5))
    assert max(step.width for step in late) == 100
    assert min(step.lost for step in late) == 0
