"""A campaign's widget as its author sees it before it goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clm_plugin import clock
from clm_plugin.campaigns.api import compile_campaign
from clm_plugin.recommendations.api import bundle
from clm_plugin.shop.api import get_shop
from clm_plugin.surveys.api import question_from
from clm_plugin.widgets.data import Refusal, Request, Slot, Surroundings
from clm_plugin.widgets.kinds import KINDS
from clm_plugin.widgets.kinds.survey import ask

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.campaigns.authoring import Campaign
    from clm_plugin.surveys.authoring import Survey

_LOOKED_AT = 40


def preview_popup(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The popup, open, on an empty page."""
    return _preview(request, campaign, "popup")


def preview_bundle(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The bundle of a product that somebody really bought."""
    return _preview(request, campaign, "bundle")


def preview_survey_step(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The question that a campaign asks."""
    plan = compile_campaign(campaign)
    asked = next(
        (question_from(step.content) for step in plan.steps if step.kind == "survey"), None
    )
    if asked is None:
        return HttpResponse(_("Choose a published survey first."), content_type="text/plain")
    return _page(request, ask(asked, step_id="preview", receipt=""), campaign.name)


def preview_survey(request: HttpRequest, survey: Survey) -> HttpResponse:
    """A survey as it looks on a page."""
    return _page(request, ask(survey.as_question(), step_id="preview", receipt=""), survey.name)


def _page(request: HttpRequest, html: str, title: str, refusal: str = "") -> HttpResponse:
    context = {"html": html, "refusal": refusal, "title": title}
    return render(request, "clm_plugin/widgets/preview.html", context)


def _preview(request: HttpRequest, campaign: Campaign, kind: str) -> HttpResponse:
    plan = compile_campaign(campaign)
    step = next((step for step in plan.steps if step.kind == kind), None)
    if step is None:
        return HttpResponse(_("This campaign has no such step yet."), content_type="text/plain")
    product = _example() if kind == "bundle" else ""
    shown = KINDS[kind].render(
        Request(
            plan=plan,
            step=step,
            slot=Slot(name="preview", product=product),
            person=None,
            around=Surroundings(),
            now=clock.now(),
            receipt=None,
        )
    )
    refusal = shown.rule if isinstance(shown, Refusal) else ""
    words = {
        "too_few_items": _("No two products have been bought together often enough yet."),
        "bad_link": _("The button must lead to a path of this shop, such as /catalogue/."),
    }
    return _page(
        request,
        "" if refusal else str(shown),
        campaign.name,
        words.get(refusal, refusal),
    )


def _example() -> str:
    """A product of the first orders that has a bundle; "" in a young shop."""
    ids = dict.fromkeys(
        line.parent_id or line.product_id
        for order in get_shop().orders(limit=_LOOKED_AT)
        for line in order.lines
    )
    return next((id_ for id_ in ids if bundle(id_) is not None), "")
