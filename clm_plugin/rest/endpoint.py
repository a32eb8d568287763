"""What the endpoints that a page's script calls have in common."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError, transaction
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from clm_plugin.http import Refused, refusal, unavailable
from clm_plugin.rest.caller import is_same_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[[HttpRequest], HttpResponse]


def endpoint(view: View) -> View:
    """A POST from a page of this shop; Refused and a database that is down become answers.

    Exempt from CSRF tokens: sendBeacon cannot send a header, and cached pages carry no token. The
    same-origin check stands in for it.
    """

    @csrf_exempt
    @require_POST
    @transaction.non_atomic_requests  # a database that is down must be our 503, not Django's 500
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not is_same_origin(request):
            return refusal(Refused(403, "Origin", "is not a page of this shop"))
        try:
            return view(request)
        except Refused as error:
            return refusal(error)
        except (DatabaseError, InterfaceError):
            return unavailable()

    return answer
