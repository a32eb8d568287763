"""The demo's start page, its clock and the choice of language."""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from demo_shop import clock, tasks, travel

logger = logging.getLogger(__name__)

# How long a click on the clock may take before a worker finishes the journey.
PATIENCE_SECONDS = 3.0

STEPS = (
    ("+1h", gettext_lazy("+1 hour")),
    ("+1d", gettext_lazy("+1 day")),
    ("+14d", gettext_lazy("+14 days")),
    ("+60d", gettext_lazy("+60 days")),
)
LOGINS = (
    ("shopper@example.com", gettext_lazy("has shopped here for a while")),
    ("newcomer@example.com", gettext_lazy("has an account and no order yet")),
    ("admin@example.com", gettext_lazy("runs the shop: console, dashboard, refunds")),
)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What can be tried, step by step."""
    context = {
        "now": timezone.localtime(clock.now()),
        "ahead": clock.describe(),
        "steps": STEPS,
        "logins": LOGINS,
        "progress": travel.read_progress(),
    }
    return render(request, "demo_shop/start.html", context)


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Moves the clock; what takes longer than a moment is left to a worker."""
    step = request.POST.get("step", "")
    if step == "reset":
        clock.reset()
        travel.forget()
        messages.success(request, _("The clock shows real time again."))
        return _back_to_the_clock()
    try:
        delta = clock.parse(step)
    except ValueError as error:
        messages.error(request, str(error))
        return _back_to_the_clock()
    start_at = clock.now()
    try:
        arrived = _travel(start_at, start_at + delta)
    except Exception:
        # Whatever went wrong in a sweep is on the page already; a bare 500 would hide it.
        logger.exception("The clock stopped on its way")
        return _back_to_the_clock()
    if arrived:
        messages.success(request, _("Time has passed; everything that fell due has run."))
    return _back_to_the_clock()


def _back_to_the_clock() -> HttpResponse:
    # It says itself what came of it; on a phone it stands far below the story.
    return redirect(reverse("demo:start") + "#clock")


def _travel(start_at: datetime, target: datetime) -> bool:
    if travel.travel_for(start=start_at, target=target, seconds=PATIENCE_SECONDS):
        return True
    tasks.travel.delay(start_at.isoformat(), target.isoformat())
    return False


@require_safe
def clock_status(request: HttpRequest) -> JsonResponse:
    """The clock and the running journey, for the start page's script."""
    now = timezone.localtime(clock.now())
    progress = travel.read_progress()
    data = {
        "now": f"{now:%A %d %B %Y, %H:%M}",
        "percent": progress.percent if progress else 100,
        "done": progress.done if progress else True,
        "error": progress.error if progress else "",
    }
    response = JsonResponse(data)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def language(request: HttpRequest) -> HttpResponse:
    """A page to choose the language on.

    A form in every footer would need a token per visitor and make every page uncacheable.
    """
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    context = {"target": target, "languages": settings.LANGUAGES}
    return render(request, "demo_shop/language.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The shop's mark for what asks by the old name, such as the pages of the console."""
    return redirect(static("shop/mark.svg"))
