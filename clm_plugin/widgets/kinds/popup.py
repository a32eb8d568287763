"""A popup: heading, text and one button, in an accessible dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import get_template

from clm_plugin.widgets.data import Refusal
from clm_plugin.widgets.safety import is_own_path, safe_html

if TYPE_CHECKING:
    from clm_plugin.widgets.data import Request


class Popup:
    """Content keys: heading, body (HTML), button, link (a path of this shop)."""

    name = "popup"

    def render(self, request: Request, /) -> str | Refusal:
        content = request.step.content
        if not is_own_path(content["link"]):
            return Refusal(rule="bad_link", inputs={"link": str(content["link"])[:200]})
        return get_template("clm_plugin/widgets/popup.html").render(
            {
                "heading": content["heading"],
                "body": safe_html(content["body"]),
                "button": content["button"],
                "link": content["link"],
                "step_id": request.step.id,
            }
        )
