"""Reading the body of an endpoint that a page's script calls. Nothing here trusts the sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.events.api import MAX_BODY
from clm_plugin.http import Refused, json_object, read_body

if TYPE_CHECKING:
    from django.http import HttpRequest

# sendBeacon sends a string as text/plain, which needs no preflight; fetch may say what it is.
_CONTENT_TYPES = frozenset({"text/plain", "application/json"})


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused (400, 413, 415); never reads more than MAX_BODY.

    Compressed bodies are refused: nothing a browser sends here is, and a bomb cannot go off.
    """
    if request.content_type not in _CONTENT_TYPES:
        raise Refused(415, "Content-Type", "must be text/plain or application/json")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused(415, "Content-Encoding", "must be identity")
    return json_object(read_body(request, MAX_BODY), MAX_BODY)
