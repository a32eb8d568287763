"""What the schema says of an operation: its body, its answers, the header that makes it safe."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.serializers import Serializer

Handler = TypeVar("Handler")


def described(
    *,
    body: type[Serializer] | None = None,
    answers: type[Serializer] | None = None,
    once: bool = False,
    refuses: bool = True,
) -> Callable[[Handler], Handler]:
    """Describe a handler: ``once`` asks for an Idempotency-Key, ``refuses`` answers with 409.

    Does nothing without drf-spectacular (the extra ``api``).
    """
    if not find_spec("drf_spectacular"):
        return _unchanged
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.types import OpenApiTypes
    from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

    problem = OpenApiResponse(
        OpenApiTypes.OBJECT, "Problem details (RFC 9457): title, status, detail, code."
    )
    found: dict[int, Any] = {200: answers or OpenApiTypes.OBJECT, 400: problem, 404: problem}
    if once:
        found[201] = found[200]
    if refuses:
        found[409] = problem
    header = OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 128},
        OpenApiParameter.HEADER,
        required=True,
        description="New for each operation; the same when you repeat one.",
    )
    told = extend_schema(request=body, responses=found, parameters=[header] if once else None)

    def mark(handler: Any) -> Any:
        handler.schema = AutoSchema()  # else it extends the one of the host's REST_FRAMEWORK
        return told(handler)

    return cast("Callable[[Handler], Handler]", mark)


def _unchanged(handler: Handler) -> Handler:
    return handler
