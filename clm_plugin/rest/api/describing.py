"""What the schema says of an operation: its body, its answers, the header that makes it safe."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rest_framework.serializers import Serializer

Handler = TypeVar("Handler")
Shape = TypeVar("Shape", bound="type[Serializer]")

PROBLEM = "application/problem+json"


def described(
    *,
    body: type[Serializer] | None = None,
    answers: type[Serializer] | None = None,
    once: bool = False,
    makes: bool = False,
    refuses: bool = True,
    status: int = 200,
    pages: bool = False,
    named: str | None = None,
    asks: Mapping[str, tuple[type, str]] | None = None,
    methods: Sequence[str] | None = None,
) -> Callable[[Handler], Handler]:
    """Describe a handler: ``once`` asks for an Idempotency-Key, ``refuses`` answers with 409.

    ``makes``, as ``once``: answers 201, and 200 when it was asked before.
    ``pages``: the answer is a page of what ``answers``; ``asks``: parameters of the query with
    their types and texts; ``named``: the operation's id; ``methods``: those it holds for, where a
    handler has several. Does nothing without drf-spectacular (the extra ``api``).
    """
    if not find_spec("drf_spectacular"):
        return _unchanged
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.types import OpenApiTypes
    from drf_spectacular.utils import OpenApiParameter, extend_schema

    answer: Any = answers(many=True) if pages and answers else answers or OpenApiTypes.OBJECT
    statuses = [status, 201] if once or makes else [status]
    told = extend_schema(
        operation_id=named,
        request=body,
        responses={**dict.fromkeys(statuses, answer), **_refusals(refuses)},
        parameters=[
            *([_key()] if once else []),
            *(OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=text)
              for name, (kind, text) in (asks or {}).items()),
        ],
        methods=methods,
    )  # fmt: skip

    def mark(handler: Any) -> Any:
        known = vars(handler).setdefault("kwargs", {})  # as ``action`` makes them
        known.setdefault("schema", AutoSchema)  # else it extends the one of the host's settings
        return told(handler)

    return cast("Callable[[Handler], Handler]", mark)


def whole(shape: Shape) -> Shape:
    """Mark a shape that holds a list itself, so that ``list`` handlers do not answer a list of it.

    Does nothing without drf-spectacular.
    """
    if not find_spec("drf_spectacular"):
        return shape
    from drf_spectacular.utils import extend_schema_serializer

    return extend_schema_serializer(many=False)(shape)


def _refusals(refuses: bool) -> dict[Any, Any]:
    from drf_spectacular.types import OpenApiTypes
    from drf_spectacular.utils import OpenApiResponse

    problem = OpenApiResponse(OpenApiTypes.OBJECT, "Refused, and why.")  # filled in by the schema
    return {(code, PROBLEM): problem for code in (400, 404, *((409,) if refuses else ()))}


def _key() -> Any:
    from drf_spectacular.utils import OpenApiParameter

    return OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 128},
        OpenApiParameter.HEADER,
        required=True,
        description="New for each operation; the same when you repeat one.",
    )


def _unchanged(handler: Handler) -> Handler:
    return handler
