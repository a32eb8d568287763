"""A question on the page: a card in a slot, or a dialog for somebody about to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import get_template

from clm_plugin.surveys.api import Question, has_answered, options, question_from
from clm_plugin.widgets.data import OVERLAY, Refusal

if TYPE_CHECKING:
    from clm_plugin.widgets.data import Request


class Survey:
    """Content keys: survey, question (``surveys.Question`` as a dictionary)."""

    name = "survey"

    def render(self, request: Request, /) -> str | Refusal:
        asked = question_from(request.step.content)
        if asked is None:
            return Refusal(rule="no_survey", inputs={"survey": request.step.content.get("survey")})
        if request.person is None:
            return Refusal(rule="newcomer")  # nobody an answer could belong to
        if has_answered(request.person.profile_id, asked, now=request.now):
            return Refusal(rule="answered", inputs={"survey": asked.key})
        return ask(
            asked,
            step_id=request.step.id,
            receipt=str(request.receipt or ""),
            overlay=request.slot.name == OVERLAY,
        )


def ask(question: Question, *, step_id: str, receipt: str, overlay: bool = False) -> str:
    """The question's form; without a receipt (a newcomer, a preview) it is still a form."""
    return get_template("clm_plugin/widgets/survey.html").render(
        {
            "question": question,
            "options": options(question),
            "step_id": step_id,
            "receipt": receipt,
            "overlay": overlay,
        }
    )
