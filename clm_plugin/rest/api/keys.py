"""The ``Idempotency-Key`` header: a request that is sent again moves no money again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.rest.api.refusals import Refusal

if TYPE_CHECKING:
    from rest_framework.request import Request

MAX_KEY = 128


def key_of(request: Request, what: str) -> str:
    """The key under which the ledger keeps the answer: of this caller, for this kind of call.

    Raises Refusal (400) without a header of 1 to 128 printable ASCII characters.
    """
    said = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not said or len(said) > MAX_KEY or not said.isascii() or not said.isprintable():
        raise Refusal(
            "key_missing",
            "send the header Idempotency-Key with 1 to 128 printable characters, a new one for"
            " each operation, and the same when you repeat one",
        )
    return f"api:{request.user.pk}:{what}:{said}"
