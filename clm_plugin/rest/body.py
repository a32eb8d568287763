"""Reading the body of a public endpoint, and answering in JSON. Nothing here trusts the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse

from clm_plugin.events.api import MAX_BODY, BadEvent, parse_json
from clm_plugin.exceptions import ClmError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# sendBeacon sends a string as text/plain, which needs no preflight; fetch may say what it is.
_CONTENT_TYPES = frozenset({"text/plain", "application/json"})


class Refused(ClmError):
    """A request that is answered with ``status`` and says which ``field`` is wrong and why."""

    def __init__(self, status: int, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.status = status
        self.field = field
        self.why = why


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused (400, 413, 415); never reads more than MAX_BODY.

    Compressed bodies are refused: nothing a browser sends here is, and a bomb cannot go off.
    """
    if request.content_type not in _CONTENT_TYPES:
        raise Refused(415, "Content-Type", "must be text/plain or application/json")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, "Content-Encoding", "must be identity")
    try:
        # Read by hand: request.body would take in whatever the host's own limit allows.
        raw = request.read(MAX_BODY + 1)
    except OSError:
        raise Refused(400, "body", "broke off") from None
    if len(raw) > MAX_BODY:
        raise Refused(413, "body", f"larger than {MAX_BODY} bytes")
    try:
        found = parse_json(raw)
    except BadEvent as error:
        raise Refused(400, error.field, error.why) from None
    if not isinstance(found, dict):
        raise Refused(400, "body", "must be an object")
    return found


def uncached(response: HttpResponse) -> HttpResponse:
    """Mark an answer as one that no cache may keep."""
    response["Cache-Control"] = "no-store"
    return response


def refusal(error: Refused) -> HttpResponse:
    return uncached(JsonResponse({"field": error.field, "why": error.why}, status=error.status))


def unavailable() -> HttpResponse:
    """503: nothing was stored; the browser keeps what it has and tries again later."""
    answer = JsonResponse({"field": "", "why": "the database does not answer"}, status=503)
    answer["Retry-After"] = "10"
    return uncached(answer)
