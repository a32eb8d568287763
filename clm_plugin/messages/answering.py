"""Where the answers in a mail lead: a page that shows the one chosen, and takes it by POST.

A GET changes nothing, for scanners and previews of links fetch every link of a mail. A browser in
front of somebody posts by itself after a second; without script there is a button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render as render_page
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from clm_plugin import clock
from clm_plugin.messages.pages import gone, has_expired, private
from clm_plugin.messages.queries import by_token
from clm_plugin.profiles.api import actors_of
from clm_plugin.surveys.api import BadAnswer, Question, answer, options, question_from

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.messages.models import Delivery
    from clm_plugin.surveys.authoring import Survey


@private
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def answer_in_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The question of a mail; POST records the answer, as often as it is changed."""
    delivery = by_token(token)
    asked = question_from(delivery.content) if delivery else None
    if delivery is None or asked is None:
        return gone(request, 404)
    if has_expired(delivery):
        return gone(request, 410)
    if request.method != "POST":
        return _page(request, asked, chosen=request.GET.get("v", ""))
    chosen, words = request.POST.get("value", ""), request.POST.get("words", "")
    try:
        _record(delivery, asked, chosen, words)
    except BadAnswer:
        return _page(request, asked, chosen=chosen, words=words, wrong=True)
    return _page(request, asked, chosen=chosen, words=words, done=True)


def _record(delivery: Delivery, asked: Question, chosen: str, words: str) -> None:
    names = actors_of(delivery.profile_id)
    actor = next((name for name in names if name.startswith("customer:")), (names or [""])[0])
    if actor:
        about = f"mail:{delivery.token}"
        answer(asked, chosen, words, actor=actor, about=about, now=clock.now())


def _page(
    request: HttpRequest,
    asked: Question,
    *,
    chosen: str = "",
    words: str = "",
    done: bool = False,
    wrong: bool = False,
) -> HttpResponse:
    offered = options(asked)
    known = chosen in {option.value for option in offered}
    return render_page(
        request,
        "clm_plugin/messages/answer.html",
        {
            "question": asked,
            "options": offered,
            "chosen": chosen if known else "",
            "words": words,
            "done": done,
            "wrong": wrong,
            "asks_more": asked.kind == "text" or bool(asked.follow_up),
        },
        status=400 if wrong else 200,
    )


def preview_answer(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The page that a mail's answers lead to, for the preview panel."""
    return _page(request, survey.as_question())
