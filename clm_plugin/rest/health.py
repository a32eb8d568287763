"""``GET /clm/health``: for monitors and for ``make demo``."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clm_plugin import clock
from clm_plugin.health import report
from clm_plugin.http import uncached
from clm_plugin.offers.api import last_alarm


@require_safe
@transaction.non_atomic_requests  # else a dead database is a 500 before we are asked
def health(request: HttpRequest) -> HttpResponse:
    """200 when every moving part is alive, else 503; the body says which is not.

    Codes that are guessed are told for monitors to alarm, and make nothing unwell.
    """
    try:
        found = report(now=timezone.now(), clock_now=clock.now())
        if found["database"]:
            found["code_guessing"] = _guessing()
    except InterfaceError:  # a connection that was closed under us, which report does not expect
        found = {"ok": False, "database": False}
    return uncached(JsonResponse(found, status=200 if found["ok"] else 503))


def _guessing() -> dict[str, object] | None:
    """The latest hour in which codes were guessed in bulk; None: never."""
    try:
        alarm = last_alarm()
    except DatabaseError:
        return None
    return {"last_at": alarm.last_at.isoformat(), "wrong": alarm.wrong} if alarm else None
