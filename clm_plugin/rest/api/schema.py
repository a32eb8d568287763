"""The OpenAPI schema of our own endpoints, and a page that shows it without fetching anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from clm_plugin.rest.api.base import Api
from clm_plugin.rest.api.describing import PROBLEM

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_ANY_USE = (
    "view_profile",
    "view_segment",
    "view_survey",
    "view_lifecyclemodel",
    "add_event",
)


_PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457). A bad request has errors, any other a detail.",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "description": "By field, lists of texts; what is wrong as a whole stands under an"
            " empty name or in a bare list.",
        },
        "code": {"type": "string", "description": "What money and offers refuse, as one word."},
    },
    "required": ["title", "status"],
}


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation that a refusal is a problem (RFC 9457), whatever its status."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {"description": "Refused, and why.", "content": content}
    for methods in result["paths"].values():
        for operation in methods.values():
            answers = operation["responses"]
            answers["default"] = refused
            for status in [each for each in answers if each.startswith("4")]:
                answers[status] = refused
    return result


class SchemaView(Api, SpectacularAPIView):
    """The schema; who may use any of the endpoints may read it."""

    may = {"GET": _ANY_USE}
    urlconf: Any = "clm_plugin.rest.api.endpoints"
    renderer_classes: Any = SpectacularAPIView.renderer_classes
    custom_settings: Any = {
        "TITLE": "Customer lifecycle",
        "DESCRIPTION": "People, events, segments and consents. Money is in minor units.",
        "VERSION": "1",
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "clm_plugin.rest.api.schema.with_problems",
        ],
    }


def documentation(request: HttpRequest) -> HttpResponse:
    """The schema as a page. It holds nothing itself: what the schema says, its own view guards."""
    return render(request, "clm_plugin/rest/docs.html")


documents = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", documentation, name="api-docs"),
]
