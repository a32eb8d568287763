"""A popup: heading, text and one button, in an accessible dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import get_template

from clm_plugin.offers.api import HandedOut, OfferError, example, hand_out
from clm_plugin.widgets.data import Refusal
from clm_plugin.widgets.safety import is_own_path, safe_html

if TYPE_CHECKING:
    from clm_plugin.widgets.data import Request


class Popup:
    """Content keys: heading, body (HTML), button, link (a path of this shop), offer (its key)."""

    name = "popup"

    def render(self, request: Request, /) -> str | Refusal:
        content = request.step.content
        if not is_own_path(content["link"]):
            return Refusal(rule="bad_link", inputs={"link": str(content["link"])[:200]})
        offer = _offer(request)
        if isinstance(offer, Refusal):
            return offer
        return get_template("clm_plugin/widgets/popup.html").render(
            {
                "heading": content["heading"],
                "body": safe_html(content["body"]),
                "button": content["button"],
                "link": content["link"],
                "offer": offer,
                "step_id": request.step.id,
            }
        )


def _offer(request: Request) -> HandedOut | Refusal | None:
    """What the popup gives, given to her as it is shown; None for one that gives nothing."""
    key = request.step.content.get("offer")
    if not key:
        return None
    if request.person is None:  # a preview: nobody without a profile is ever shown a popup
        return example(key) or Refusal(rule="no_offer", inputs={"offer": key})
    try:
        return hand_out(
            offer=key,
            profile_id=request.person.profile_id,
            key=f"popup:{request.step.id}:{request.person.profile_id}",
            reason=request.plan.campaign,
            now=request.now,
        )
    except OfferError:
        return Refusal(rule="no_offer", inputs={"offer": key})
