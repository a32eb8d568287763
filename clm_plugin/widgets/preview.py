"""A campaign's widget as its author sees it before it goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from clm_plugin.campaigns.api import compile_campaign
from clm_plugin.recommendations.api import bundle
from clm_plugin.shop.api import get_shop
from clm_plugin.widgets.data import Refusal, Request, Slot, Surroundings
from clm_plugin.widgets.kinds import KINDS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.campaigns.authoring import Campaign

_LOOKED_AT = 40


def preview_popup(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The popup, open, on an empty page."""
    return _preview(request, campaign, "popup")


def preview_bundle(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The bundle of a product that somebody really bought."""
    return _preview(request, campaign, "bundle")


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
            receipt=None,
        )
    )
    refusal = shown.rule if isinstance(shown, Refusal) else ""
    return render(
        request,
        "clm_plugin/widgets/preview.html",
        {
            "html": "" if refusal else shown,
            "refusal": {
                "too_few_items": _("No two products have been bought together often enough yet."),
                "bad_link": _("The button must lead to a path of this shop, such as /catalogue/."),
            }.get(refusal, refusal),
            "title": campaign.name,
        },
    )


def _example() -> str:
    """A product of the first orders that has a bundle; "" in a young shop."""
    ids = dict.fromkeys(
        line.parent_id or line.product_id
        for order in get_shop().orders(limit=_LOOKED_AT)
        for line in order.lines
    )
    return next((id_ for id_ in ids if bundle(id_) is not None), "")
