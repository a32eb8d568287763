"""A request of a client: its key and its body. Nothing here trusts the sender."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.segment.data import MAX_BATCH
from clm_plugin.http import Refused, json_object, read_body

if TYPE_CHECKING:
    from django.http import HttpRequest

# Browsers post text/plain, which needs no preflight.
_CONTENT_TYPES = frozenset({"application/json", "text/plain"})
_GZIP = 16 + zlib.MAX_WBITS


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request, unpacked. Raises Refused (400, 413, 415).

    Neither what is read nor what it unpacks to is ever larger than ``MAX_BATCH``: a bomb does not
    go off.
    """
    if request.content_type not in _CONTENT_TYPES:
        raise Refused(415, "Content-Type", "must be application/json or text/plain")
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Refused(415, "Content-Encoding", "must be gzip or identity")
    raw = read_body(request, MAX_BATCH)
    return json_object(_unpacked(raw) if encoding == "gzip" else raw, MAX_BATCH)


def _unpacked(raw: bytes) -> bytes:
    unpacking = zlib.decompressobj(_GZIP)
    try:
        found = unpacking.decompress(raw, MAX_BATCH + 1)
    except zlib.error:
        raise Refused(400, "body", "is not valid gzip") from None
    if len(found) > MAX_BATCH:
        raise Refused(413, "body", f"larger than {MAX_BATCH} bytes when unpacked")
    if not unpacking.eof or unpacking.unused_data:
        raise Refused(400, "body", "is not one whole gzip member")
    return found


def basic_user(request: HttpRequest) -> str:
    """The user name of Basic authentication, which is the write key; "" without one."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic" or len(value) > 512:
        return ""
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[0]
